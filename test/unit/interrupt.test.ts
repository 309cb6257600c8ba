import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { stringify } from "yaml";
import { PROJECT } from "../../automation/project.ts";
import { eventually } from "../eventually.ts";

/** Stands in for Pulumi's CLI: an operation waits for a signal, and takes half a second to end in good order. */
const PULUMI = `#!/bin/sh
case "$1 $2" in
  version*) echo v3.999.0 ;;
  "stack export") echo '{"version":3,"deployment":{}}' ;;
  "stack history") echo '[]' ;;
  "$HANGS "*)
    for signal in INT TERM; do trap "echo $signal >>'$NOTES'; ends=yes" $signal; done
    echo "$1" >>"$NOTES"
    until [ -n "$ends" ]; do sleep 0.1; done
    sleep 0.5
    echo "error: update canceled" >&2
    exit 255 ;;
esac
`;

/** Stands in for docker's client: knows volumes by their last word, and their labels. */
const DOCKER = `#!/bin/sh
cd "$(dirname "$0")"
shift 2
for name; do :; done
case "$1 $2" in
  "volume create") echo "$4" | sed 's/.*=//' >"volume-$name" ;;
  "volume inspect") cat "volume-$name" ;;
  "volume ls") [ "$3" != --quiet ] || for each in volume-*; do echo "\${each#volume-}"; done ;;
  "volume rm") rm -f volume-* ;;
  "rm "* | "rmi "*) echo removed >>removed ;;
esac
`;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-interrupt-"));
const notes = path.join(folder, "notes");
const demand = path.join(folder, "states/demand");
const stack = `interrupt-${process.pid}`;
const file = path.join(PROJECT, `Pulumi.${stack}.yaml`);

beforeAll(() => {
  for (const [name, script] of Object.entries({ pulumi: PULUMI, docker: DOCKER }))
    fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  const config = {
    "sso:domain": "id.example.org",
    "sso:host": { bindAddress: "127.0.0.1" },
    "sso:protect": false,
    "sso:openldap": { suffix: "dc=example,dc=org" },
    "sso:realms": [{ kind: "directory", name: "community", displayName: "Community" }],
  };
  fs.writeFileSync(file, stringify({ config }));
});
beforeEach(() => {
  fs.mkdirSync(demand, { recursive: true });
});
afterEach(() => {
  for (const each of [notes, demand]) fs.rmSync(each, { recursive: true, force: true });
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true });
  fs.rmSync(file);
});

/** Notes a stack on demand whose time is over. */
function noteStack(name: string): void {
  const entry = {
    ...{ stack: name, id: name, from: stack, owner: "ada", maker: os.hostname(), clone: PROJECT },
    ...{ created: new Date(0), expires: new Date(0), addresses: ["127.96.0.9"], state: "ready" },
  };
  fs.writeFileSync(path.join(demand, `${name}.json`), JSON.stringify(entry));
}

interface Ended {
  readonly status: number;
  /** The operations of Pulumi's that hung, and the signals that they got. */
  readonly noted: string[];
  readonly said: string;
}

/** Interrupts a command during an operation: as a terminal does, which tells all of it, or as a supervisor, which does not. */
async function interrupted(
  signal: "SIGINT" | "SIGTERM",
  operation: string,
  ...words: readonly string[]
): Promise<Ended> {
  const child = spawn("node", words, {
    cwd: PROJECT,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      ...{ PATH: `${folder}:${process.env.PATH ?? ""}`, HANGS: operation, NOTES: notes },
      PULUMI_BACKEND_URL: `file://${folder}/states`,
    },
  });
  const { pid = 0 } = child;
  const said = text(child.stderr);
  const exit = once(child, "exit") as Promise<[number]>;
  const noted = (): string[] =>
    fs.existsSync(notes) ? fs.readFileSync(notes, "utf8").trim().split("\n") : [];
  await Promise.race([
    exit.then(async () => Promise.reject(new Error(await said))),
    eventually("the operation has begun", () => noted().length > 0, { everyMs: 50 }),
  ]);
  process.kill(signal === "SIGINT" ? -pid : pid, signal);
  const [status] = await exit;
  return { status, said: await said, noted: noted() };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("an up ends in good order by %s, and says how it goes on", async (signal, status) => {
  expect(await interrupted(signal, "up", "automation/up.ts", stack)).toEqual({
    status,
    noted: ["up", "INT"],
    said:
      `stack ${stack}: interrupted; ending what has begun …\n` +
      `error: stack ${stack}: interrupted; npm run up -- ${stack} goes on where it stopped\n`,
  });
});

test("of several previews, no other one begins", async () => {
  const ended = await interrupted("SIGINT", "preview", "automation/preview.ts", stack, "dev");
  expect(ended).toMatchObject({ status: 130, noted: ["preview", "INT"] });
  expect(ended.said).toMatch(new RegExp(`error: stack ${stack}: interrupted; nothing was changed\n$`));
});

describe("stacks on demand", () => {
  const command = ["automation/stack.ts"];

  test("one that is interrupted while it comes up is removed again", async () => {
    const ended = await interrupted("SIGINT", "up", ...command, "new", "one", "--from", stack);
    expect(ended).toMatchObject({ status: 130, noted: ["up", "INT"] });
    expect(ended.said).toMatch(
      /stack od-one did not come up; removing what there is of it …\nerror: stack od-one: interrupted; it was not made\n$/,
    );
    expect(fs.readdirSync(demand)).toEqual([]);
    expect(fs.existsSync(path.join(PROJECT, "Pulumi.od-one.yaml"))).toBe(false);
  });

  test.each([
    ["delete", ["one"]],
    ["gc", []],
  ])("%s leaves the rest to Pulumi, and other stacks to the next time", async (action, words) => {
    noteStack("od-one");
    noteStack("od-two");
    const ended = await interrupted("SIGINT", "destroy", ...command, action, ...words);
    expect(ended).toMatchObject({ status: 130, noted: ["destroy", "INT"] });
    expect(ended.said).toMatch(
      /error: stack od-one: interrupted; the same again goes on where it stopped\n$/,
    );
    expect(fs.existsSync(path.join(folder, "removed"))).toBe(false);
    const { state } = JSON.parse(fs.readFileSync(path.join(demand, "od-one.json"), "utf8")) as {
      state: string;
    };
    expect(state).toBe("removing");
  });
});
