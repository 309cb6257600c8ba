/** Removing what was left in states that no stack of its own comes to; there are no containers here. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { claim } from "../../../automation/demand/addresses.ts";
import { nameVolumeOf } from "../../../automation/demand/leftovers.ts";
import { type Entry, enter } from "../../../automation/demand/registry.ts";
import { engineAt } from "../../../automation/engine.ts";
import { lockState } from "../../stack/state-lock.ts";
import { environmentOf } from "../../stack/throwaway.ts";
import { isTaken, Lab } from "./lab.ts";

const lab = new Lab();
const engine = engineAt(undefined);

/** One of the lab's addresses, another one for each letter. */
const addressFor = (letter: string): string => lab.base.address.replace(/\d+$/, String(letter.charCodeAt(0)));

const { PULUMI_BACKEND_URL: before } = process.env;
beforeAll(() => {
  process.env.PULUMI_BACKEND_URL = environmentOf(lab.base).PULUMI_BACKEND_URL; // where entries are
});
afterAll(() => {
  lab.remove();
  if (before === undefined) delete process.env.PULUMI_BACKEND_URL;
  else process.env.PULUMI_BACKEND_URL = before;
});

/** Notes a stack that is due, with its claims; its clone is gone by default. */
async function note(letter: string, known: Partial<Entry> = {}): Promise<string> {
  const stack = `od-${lab.nameOf(letter)}`;
  const past = new Date(Date.now() - 1000);
  const noted = { stack, id: stack, from: "dev", owner: "ada", maker: os.hostname(), clone: "/nowhere" };
  const address = addressFor(letter);
  enter({ ...noted, created: past, expires: past, addresses: [address], state: "ready", ...known });
  for (const volume of [nameVolumeOf(stack), `sso-address-${address}`])
    expect(await claim(engine, stack, volume)).toBe(true);
  return stack;
}

/** Makes a state of nothing, and forgets the file that belongs to it. */
async function makeState(stackName: string): Promise<void> {
  const workDir = fs.mkdtempSync(path.join(os.tmpdir(), "sso-"));
  fs.writeFileSync(path.join(workDir, "Pulumi.yaml"), "name: sso\nruntime: nodejs\n");
  await automation.LocalWorkspace.createStack({ stackName, workDir }, { envVars: environmentOf(lab.base) });
  fs.rmSync(workDir, { recursive: true });
}

const stateOf = (stack: string): string => path.join(lab.base.folder, ".pulumi/stacks/sso", `${stack}.json`);

test("a state goes by its name where the clone that made it is gone", async () => {
  const stack = await note("a");
  await makeState(stack);
  expect(fs.existsSync(stateOf(stack))).toBe(true);
  expect(await lab.run(["delete", lab.nameOf("a")])).toMatchObject({ status: 0, error: "" });
  expect(lab.tracesOf("a")).toEqual([]);
  expect(isTaken(addressFor("a"))).toBe(false);
});

test("force does not remove a state in use; it does one that the passphrase does not open", async () => {
  const stack = await note("a");
  await makeState(stack);
  const unlock = lockState(lab.base, stack);
  const inUse = await lab.run(["delete", lab.nameOf("a"), "--force"]);
  expect(inUse).toMatchObject({ status: 1 });
  expect(inUse.error).toMatch(/^error: another update of stack od-t\w+a is running, or one was cut off/);
  expect(fs.existsSync(stateOf(stack))).toBe(true);
  expect((await lab.run(["delete", lab.nameOf("a")])).error).toBe(inUse.error); // the lock is there still

  unlock();
  const guess = { PULUMI_CONFIG_PASSPHRASE: "guess" };
  expect((await lab.run(["delete", lab.nameOf("a")], guess)).error).toContain("the passphrase does not open");
  expect(fs.existsSync(stateOf(stack))).toBe(true);
  expect(await lab.run(["delete", lab.nameOf("a"), "--force"], guess)).toMatchObject({ status: 0 });
  expect(lab.tracesOf("a")).toEqual([]);
});

test("what another machine makes is left, also by force", async () => {
  await note("a", { maker: "elsewhere", state: "making" });
  const { status, error } = await lab.run(["delete", lab.nameOf("a"), "--force"]);
  expect(status).toBe(1);
  expect(error).toMatch(/^error: stack od-t\w+a is being made on elsewhere; wait for it/);
  expect(isTaken(addressFor("a"))).toBe(true);
});

test("what another machine has made goes by force alone, which names what stays", async () => {
  fs.rmSync(path.join(lab.base.folder, "demand"), { recursive: true });
  await note("a", { maker: "elsewhere", clone: "/srv/sso", docker: "unix:///var/run/docker.sock" });
  expect((await lab.run(["gc"])).error).toMatch(
    /is left for the next time: .* made on elsewhere, in \/srv\/sso/,
  );
  const { status, output } = await lab.run(["delete", lab.nameOf("a"), "--force"]);
  expect(status).toBe(0);
  expect(output).toMatch(/^what stays: \/srv\/sso\/Pulumi\.od-t\w+a\.yaml on elsewhere, /m);
  expect(lab.tracesOf("a")).toEqual([]);
});

test("one that cannot be removed does not keep the others", async () => {
  const clone = fs.mkdtempSync(path.join(os.tmpdir(), "sso-"));
  const stuck = await note("a", { clone });
  await makeState(stuck);
  fs.mkdirSync(path.join(clone, `Pulumi.${stuck}.yaml`)); // no file: an error that nobody has foreseen
  await makeState(await note("b"));
  const { status, output, error } = await lab.run(["gc"]);
  expect(status).toBe(1);
  expect(output).toMatch(/^1 removed$/m);
  expect(error).toMatch(new RegExp(`^error: stack ${stuck} is left for the next time: .*EISDIR`));
  expect(lab.tracesOf("b")).toEqual([]);

  fs.rmSync(clone, { recursive: true });
  expect(await lab.run(["gc"])).toMatchObject({ status: 0, error: "" });
  expect(lab.tracesOf("a")).toEqual([]);
});

test("claims that were not noted yet go with those that were", async () => {
  const second = addressFor("z");
  const stack = await note("a", { addresses: [], state: "making" });
  expect(await claim(engine, stack, `sso-address-${second}`)).toBe(true);
  expect(await lab.run(["gc"])).toMatchObject({ status: 0, error: "" });
  expect([addressFor("a"), second].map(isTaken)).toEqual([false, false]);
  expect(lab.tracesOf("a")).toEqual([]);
});

test("two gc at once remove each stack once, and both end well", async () => {
  for (const letter of "abcd") await makeState(await note(letter));
  const both = await Promise.all([lab.run(["gc"]), lab.run(["gc"])]);
  expect(both.map(({ status, error }) => [status, error])).toEqual([
    [0, ""],
    [0, ""],
  ]);
  const counts = both.map(({ output }) => Number(/^(\d+) removed$/m.exec(output)?.[1]));
  expect(counts.reduce((sum, each) => sum + each)).toBe(4);
  for (const letter of "abcd") expect(lab.tracesOf(letter)).toEqual([]);
});
