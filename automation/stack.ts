import * as path from "node:path";
import { renderTable } from "../bootstrap/table.ts";
import { stackFileIn } from "../components/settings/stack-file.ts";
import { action, type GivenOptions, runAction } from "./arguments.ts";
import { type Made, makeDemand } from "./demand/make.ts";
import { lifeOf, nameOf, spanText, stackOf } from "./demand/order.ts";
import {
  conditionOf,
  entries,
  type Entry,
  known,
  lock,
  lockSoon,
  noted,
  read,
  update,
  withLock,
} from "./demand/registry.ts";
import { removeDemand } from "./demand/remove.ts";
import { InterruptedError, OperatorError, runCommand } from "./fail.ts";
import { certificateFileOf, folderOf, PROJECT } from "./project.ts";
import { settingsWithoutSecrets } from "./stack-settings.ts";

const USAGE = `usage: npm run stack -- new NAME [--from staging] [--ttl 8h] [--ref BRANCH] [--data-from STACK] [--address ADDRESS]
       npm run stack -- list
       npm run stack -- extend NAME [--ttl 8h]
       npm run stack -- delete NAME [--force]
       npm run stack -- gc

Stacks on demand: stack od-NAME stands beside others for a while, with an address, names, data and secrets of its own.

new     makes one that is as the file of another stack says (--from), and brings it up: this clone's program, or
        that of a branch, tag or commit (--ref); with the people of another stack's directory in
        other names (--data-from)
list    all of them, and how long they are there
extend  lets one live for so long from now on
delete  removes one with all that is in it; with --force even if the passphrase does not open its state, or the clone
        that made it is out of reach
gc      removes those whose time is over, and those whose making was cut off`;

/** What a new stack is like. */
const NEW = { from: "value", ttl: "value", ref: "value", address: "value", "data-from": "value" } as const;

const ACTIONS = {
  new: action(["NAME"], NEW, ([name], options) => create(stackOf(name), options)),
  list: action([], {}, () => list()),
  extend: action(["NAME"], { ttl: "value" }, ([name], { ttl }) => extend(stackOf(name), ttl)),
  delete: action(["NAME"], { force: "flag" }, ([name], { force }) => remove(stackOf(name), force === true)),
  gc: action([], {}, () => collect()),
};

await runCommand(() => runAction(USAGE, ACTIONS));

async function create(
  stack: string,
  { from = "staging", ttl = "8h", ref, address, "data-from": dataFrom }: GivenOptions<typeof NEW>,
): Promise<void> {
  const start = performance.now();
  const made = await makeDemand(
    {
      stack,
      from,
      lifeMs: lifeOf(ttl),
      ...(ref === undefined ? {} : { ref }),
      ...(address === undefined ? {} : { address }),
      ...(dataFrom === undefined ? {} : { dataFrom }),
    },
    console.error,
  );
  console.log(guide(made, Math.round((performance.now() - start) / 1000)));
}

/** Whom one can log in as. */
function peopleOf({ entry, tester, copied }: Made): string {
  if (copied !== undefined)
    return `Log in as person1 to person${copied.people}, all with the password ${copied.password}`;
  if (tester !== undefined) return `Log in as ${tester.username} with the password ${tester.password}`;
  const seed = settingsWithoutSecrets(entry.stack).openldap?.seed;
  return seed === undefined ? "" : `Log in as one of the people in ${seed}`;
}

function guide(made: Made, seconds: number): string {
  const { entry, view } = made;
  const { stack, expires } = entry;
  const [address = ""] = entry.addresses;
  const consoles = Object.values(view.realms).map(({ accountConsole }) => `  ${accountConsole}`);
  const people = peopleOf(made);
  return `
Stack ${stack} is up after ${seconds} s, until ${expires.toISOString()}: ${view.url}

Account consoles
${consoles.join("\n")}
${people === "" ? "" : `\n${people}\n`}
Where it is, in /etc/hosts of whoever uses it
  ${address} ${new URL(view.url).hostname}
Its CA:    ${path.relative(PROJECT, certificateFileOf(stack))}
Its file:  ${path.relative(PROJECT, stackFileIn(folderOf(stack), stack))}; npm run up -- ${stack} after a change
Its mail:  npm run mail -- list ${stack}; also what asks people to confirm their address
Longer:    npm run stack -- extend ${nameOf(stack)}
Enough:    npm run stack -- delete ${nameOf(stack)}`;
}

async function conditionNow(entry: Entry): Promise<string> {
  const release = await lock(entry.stack);
  release?.();
  return conditionOf(entry, release === undefined);
}

async function list(): Promise<void> {
  const rows = await Promise.all(
    entries().map(async (entry) => [
      nameOf(entry.stack),
      await conditionNow(entry),
      entry.from,
      entry.ref ?? "",
      entry.addresses[0] ?? "",
      entry.owner,
      spanText(entry.expires.getTime() - Date.now()),
    ]),
  );
  console.log(
    rows.length === 0
      ? "no stacks on demand"
      : renderTable([["name", "state", "from", "ref", "address", "owner", "time left"], ...rows]),
  );
  const due = rows.filter(([, condition = ""]) => isDue(condition)).map(([name]) => name);
  if (due.length > 0)
    console.log(
      `\nDue: ${due.join(", ")}; npm run stack -- gc removes them, best as a timer (docs/operator-guide.md)`,
    );
}

async function extend(stack: string, ttl = "8h"): Promise<void> {
  const life = lifeOf(ttl);
  known(stack);
  await withLock(stack, () => {
    const entry = known(stack);
    if (entry.state !== "ready")
      throw new OperatorError(
        `stack ${stack} is ${conditionOf(entry, false)}; npm run stack -- delete ${nameOf(stack)}`,
      );
    const expires = new Date(Date.now() + life);
    update({ ...entry, expires });
    console.log(`Stack ${stack} is there until ${expires.toISOString()}.`);
  });
}

async function remove(stack: string, force: boolean): Promise<void> {
  known(stack);
  await withLock(stack, () => removeDemand(known(stack), force, console.error));
  console.log(`Stack ${stack} is gone.`);
}

/** One that cannot be removed now does not keep the others. */
async function collect(): Promise<void> {
  const failures: string[] = [];
  let count = 0;
  for (const stack of noted()) {
    try {
      if (await collectOne(stack)) count++;
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      const { message, stack: where } = error as Error;
      const reason = error instanceof OperatorError ? message : where; // a fault of ours does not keep the others either
      failures.push(`stack ${stack} is left for the next time: ${reason}`);
    }
  }
  console.log(`${count} removed`);
  if (failures.length > 0) throw new OperatorError(failures.join("\n"));
}

/**
 * Removes a stack whose time is over, or that was not finished, unless another command has just done so.
 *
 * @returns whether it did
 */
async function collectOne(stack: string): Promise<boolean> {
  const before = read(stack);
  if (before === undefined || !isDue(conditionOf(before, false))) return false;
  const release = await lockSoon(stack);
  if (release === undefined) {
    const held = read(stack);
    if (held !== undefined && conditionOf(held, true) === "expired")
      throw new OperatorError("its time is over, but another command works on it");
    return false;
  }
  try {
    const entry = read(stack);
    if (entry === undefined) return false;
    const condition = conditionOf(entry, false);
    if (!isDue(condition)) return false;
    console.log(`${stack}: ${condition}; removing it …`);
    await removeDemand(entry, false, console.error);
    return true;
  } finally {
    release();
  }
}

function isDue(condition: string): boolean {
  return ["expired", "half-made", "half-removed"].includes(condition);
}
