import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { lock } from "../../../automation/demand/registry.ts";
import { eventually } from "../../eventually.ts";
import { docker } from "../../stack/containers.ts";
import { ADA, isTaken, Lab } from "./lab.ts";

const lab = new Lab();

/** Where names of stacks are that go by dev's file. */
const DEMAND_ZONE = "demand.test";

let addresses: readonly string[] = [];

const otherFolder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-"));
const otherState = `file://${otherFolder}`;

afterAll(() => {
  lab.remove();
  fs.rmSync(otherFolder, { recursive: true });
});

/** `gc` finds exactly one stack that is due. */
async function expectCollected(environment = {}): Promise<void> {
  const { output, error } = await lab.run(["gc"], environment);
  expect(error).toBe("");
  expect(output).toMatch(/^1 removed$/m);
}

describe("two people at once", () => {
  test("each get a stack that people can log in to, and who wants a name that is taken is told so", async () => {
    const first = lab.make("a");
    const second = lab.make("b", "--from", "dev", "--ref", "HEAD");
    await eventually("the first has its name", () => lab.isNoted("a"), { everyMs: 50 });
    const third = await lab.make("a").ended;
    expect(third).toMatchObject({ status: 1 });
    expect(third.error).toMatch(
      /^error: another command works on stack od-t\w+a; wait for it, or choose another/,
    );
    const made = await Promise.all([first.ended, second.ended]);
    expect(made.map(({ status, error }) => [status, error])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    addresses = [lab.addressOf("a"), lab.addressOf("b")];
    expect(addresses.map(isTaken)).toEqual([true, true]);
    expect(new Set(addresses).size).toBe(2);
    expect(await Promise.all([lab.letsIn("a"), lab.letsIn("b", ADA, DEMAND_ZONE)])).toEqual([true, true]);
    expect(await lab.letsIn("a", { ...ADA, password: "guess" })).toBe(false); // positive control
  });

  test("they are listed with their state, address and time", async () => {
    const columns = (await lab.rowOf("a")).split(/ {2,}/);
    expect(columns.slice(1, 3)).toEqual(["ready", lab.base.name]);
    expect(columns).toContain(lab.addressOf("a"));
    expect(columns.at(-1)).toMatch(/^5\d min$/);
    expect((await lab.rowOf("b")).split(/ {2,}/).slice(1, 4)).toEqual(["ready", "dev", "HEAD"]);
  });
});

describe("a stack that is there", () => {
  test.each([
    ["its name", () => lab.make("a"), /^error: stack od-t\w+a is there already, made by \w+, until 20/],
    [
      "its name, of somebody with another state",
      () => lab.start(["new", lab.nameOf("a"), "--from", lab.base.name], { PULUMI_BACKEND_URL: otherState }),
      /^error: this machine's engine has a stack od-t\w+a that is not of this state \(sso-od-t\w+a-claim\); choose another/,
    ],
    [
      "a branch that is not there",
      () => lab.make("c", "--ref", "no-such-branch"),
      /^error: no branch, tag or commit no-such-branch in this clone; git fetch, then try again/,
    ],
    [
      "its address",
      () => lab.make("c", "--address", lab.addressOf("a")),
      /^error: address 127\.\S+ is taken: container sso-od-t\w+a-\w+ publishes its ports there; give another one/,
    ],
    [
      "an unknown stack",
      () => lab.start(["delete", "nobody"]),
      /^error: no stack od-nobody; there are t\w+a, t\w+b/,
    ],
  ])("%s: refused, and nothing else is touched", async (_, act, message) => {
    const { status, error } = await act().ended;
    expect(status).toBe(1);
    expect(error).toMatch(message);
    expect(lab.tracesOf("c")).toEqual([]);
    expect(await lab.rowOf("a")).toContain("ready");
    expect(await lab.letsIn("a")).toBe(true);
  });

  test("the wrong passphrase deletes nothing", async () => {
    const { status, error } = await lab.run(["delete", lab.nameOf("a")], {
      PULUMI_CONFIG_PASSPHRASE: "guess",
    });
    expect(status).toBe(1);
    expect(error).toMatch(/^error: the passphrase does not open stack od-t\w+a; nothing was changed/);
    expect(await lab.rowOf("a")).toContain("ready");
    expect(await lab.letsIn("a")).toBe(true);
  });

  test("is given more time", async () => {
    expect(await lab.run(["extend", lab.nameOf("a"), "--ttl", "2d"])).toMatchObject({ status: 0 });
    expect((await lab.rowOf("a")).split(/ {2,}/).at(-1)).toBe("1 d 23 h");
  });

  test("is collected once its time is over and nobody works on it, and the other one is not", async () => {
    lab.expire("b");
    process.env.PULUMI_BACKEND_URL = `file://${lab.base.folder}`; // where the lock is
    const release = await lock(`od-${lab.nameOf("b")}`);
    const held = await lab.run(["gc"]);
    release?.();
    expect(held).toMatchObject({ status: 1 });
    expect(held.error).toMatch(
      /^error: stack od-t\w+b is left .*its time is over, but another command works on it/,
    );
    expect(await lab.rowOf("b")).toContain("expired");
    expect((await lab.run(["list"])).output).toMatch(/^Due: t\w+b; npm run stack -- gc removes them/m);
    await expectCollected({ DOCKER_HOST: "tcp://127.0.0.1:9" }); // not the engine that it was made on
    expect(lab.tracesOf("b")).toEqual([]);
    expect(await lab.letsIn("a")).toBe(true);
  });
});

test("what was wrong is said last, also when not all of it can be removed, which gc does later", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-"));
  const cli = execFileSync("sh", ["-c", "command -v docker"], { encoding: "utf8" }).trim();
  const withoutVersion = `#!/bin/sh\ncase "$*" in *" version") echo "the engine is away" >&2; exit 1 ;; esac\nexec ${cli} "$@"\n`;
  fs.writeFileSync(path.join(folder, "docker"), withoutVersion, { mode: 0o755 });
  const PATH = `${folder}:${process.env.PATH ?? ""}`;
  const { status, output, error } = await lab.start(
    ["new", lab.nameOf("c"), "--from", lab.base.name, "--ref", "no-such-branch"],
    { PATH },
  ).ended;
  fs.rmSync(folder, { recursive: true });
  expect([status, error]).toEqual([
    1,
    expect.stringMatching(/^error: no branch, tag or commit no-such-branch/),
  ]);
  expect(output).toMatch(/^not all of it is gone: .*: the engine is away; later: npm run stack -- gc$/m);
  expect(await lab.rowOf("c")).toContain("half-made");
  await expectCollected();
  expect(lab.tracesOf("c")).toEqual([]);
});

test("one whose making was killed is seen as half-made, and collected", async () => {
  const { child, ended } = lab.make("c");
  await eventually("it has a Keycloak", () =>
    docker("ps", "--format", "{{.Names}}").includes(`${lab.nameOf("c")}-keycloak`),
  );
  process.kill(-(child.pid ?? 0), "SIGKILL");
  await ended;
  expect(await lab.rowOf("c")).toContain("half-made");
  expect((await lab.run(["extend", lab.nameOf("c")])).error).toContain(
    "is half-made; npm run stack -- delete",
  );
  await expectCollected();
  expect(lab.tracesOf("c")).toEqual([]);
});

test("one with the people of another lets them in by other names, and nobody else; deleted, it leaves nothing", async () => {
  const { status, output } = await lab.make("d", "--data-from", `od-${lab.nameOf("a")}`).ended;
  expect(status).toBe(0);
  const [, count, password = ""] =
    /^Log in as person1 to person(\d+), all with the password (\S+)$/m.exec(output) ?? [];
  expect(Number(count)).toBeGreaterThan(1);
  const logins = [{ username: "person1", password }, { username: `person${count}`, password }, ADA];
  expect(await Promise.all(logins.map((who) => lab.letsIn("d", who)))).toEqual([true, true, false]);
  const address = lab.addressOf("d");
  expect(await lab.run(["delete", lab.nameOf("d")])).toMatchObject({ status: 0 });
  expect(lab.tracesOf("d")).toEqual([]);
  expect(isTaken(address)).toBe(false);
});

test("delete from another clone leaves nothing in either", async () => {
  expect(lab.tracesOf("a").length).toBeGreaterThan(10); // positive control
  const deleted = await lab.run(["delete", lab.nameOf("a")], {}, lab.newClone());
  expect(deleted).toMatchObject({ status: 0, error: "" });
  expect(deleted.output).not.toMatch(/removed by name|pulumi destroy/);
  expect(lab.tracesOf("a")).toEqual([]);
  expect(addresses.map(isTaken)).toEqual([false, false]);
  expect((await lab.run(["list"])).output).toBe("no stacks on demand\n");
});
