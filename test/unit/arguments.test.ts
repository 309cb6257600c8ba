import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { action, readArguments, runAction } from "../../automation/arguments.ts";
import { PROJECT } from "../../automation/project.ts";

const USAGE = "usage: npm run thing -- …";

describe("a command with actions", () => {
  const list = jest.fn();
  const remove = jest.fn();
  const actions = {
    list: action(["STACK?"], { csv: "flag" }, list),
    delete: action(["NAME"], { ttl: "value", force: "flag" }, remove),
  };
  const run = (...argv: string[]): Promise<void> => runAction(USAGE, actions, argv);

  afterEach(() => {
    jest.clearAllMocks();
  });

  test("does one, with the words and options that were given", async () => {
    await run("--force", "delete", "login", "--ttl", "2d");
    expect(remove.mock.calls).toEqual([[["login"], { force: true, ttl: "2d" }]]);
    await run("list");
    expect(list.mock.calls).toEqual([[[], {}]]);
  });

  test.each([
    [["list", "--ttl", "2d"], "--ttl is not for list"],
    [["delete", "login", "--csv"], "--csv is not for delete"],
    [["delete"], "wrong number of arguments for delete: got 0"],
    [["list", "dev", "staging"], "wrong number of arguments for list: got 2"],
    [["constructor"], "unknown action: constructor"],
    [[], "an action is missing"],
    [["list", "--json"], "Unknown option '--json'"],
  ])("refuses %j", async (argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
    await expect(run(...argv)).rejects.toThrow(USAGE);
    expect(list).not.toHaveBeenCalled();
    expect(remove).not.toHaveBeenCalled();
  });
});

test("a command without actions takes the words and options that it declares", () => {
  const line = { usage: USAGE, words: ["STACK*"], options: { drift: "flag" } } as const;
  expect(readArguments(line, ["a", "--drift", "b"])).toEqual({ words: ["a", "b"], options: { drift: true } });
  expect(() => readArguments({ usage: USAGE, words: ["STACK?"] }, ["a", "b"])).toThrow(
    "wrong number of arguments: got 2",
  );
});

describe("commands refuse what is another action's before they open anything", () => {
  const states = fs.mkdtempSync(path.join(os.tmpdir(), "sso-arguments-"));

  afterAll(() => {
    fs.rmSync(states, { recursive: true });
  });

  test.each([
    [
      "accounts only-linked-to ubuntuone --never-logged-in --csv",
      "--never-logged-in is not for only-linked-to",
    ],
    ["accounts list mallory", "wrong number of arguments for list: got 1"],
    ["accounts spam mallory --csv", "--csv is not for spam"],
    ["services list --realm people", "--realm is not for list"],
    ["services show git --finish", "--finish is not for show"],
    ["stack gc login", "wrong number of arguments for gc: got 1"],
    ["stack delete login --ttl 2d", "--ttl is not for delete"],
    ["mail queue dev --from list.json", "--from is not for queue"],
    ["dns zone dev staging", "wrong number of arguments for zone: got 2"],
    ["settings schema dev", "wrong number of arguments for schema: got 1"],
    ["host prepare", "wrong number of arguments for prepare: got 0"],
  ])("%s", (line, message) => {
    const [command = "", ...words] = line.split(" ");
    const { status, stderr } = spawnSync(process.execPath, [`automation/${command}.ts`, ...words], {
      cwd: PROJECT,
      env: { ...process.env, PULUMI_BACKEND_URL: `file://${states}` },
      encoding: "utf8",
    });
    expect(stderr).toContain(`error: ${message}\nusage: npm run ${command}`);
    expect(status).toBe(1);
    expect(fs.readdirSync(states)).toEqual([]);
  });
});
