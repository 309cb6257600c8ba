import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Lab } from "../labs/relay/lab.ts";
import { newThrowaway, removeThrowaway, type Throwaway } from "../stack/throwaway.ts";
import { benchDemand } from "./demand.ts";
import { benchDirectory } from "./directory.ts";
import { benchMail } from "./mail.ts";
import { printReport } from "./report.ts";
import { benchUp } from "./up.ts";

const USAGE = `usage: npm run bench -- [up] [directory] [mail] [demand] [--accounts 50000]

Prints a table of figures, of everything by default.

up         a fresh up against the same services made by hand with plain docker and a stock Keycloak, previews
           without a change at two sizes of stack, and starts of the Keycloak container
directory  logins and syncs of a directory realm with many accounts, and its refill after Keycloak lost them all
demand     stacks on demand as staging's file says, beside one that runs: twenty made and deleted, two at a time
mail       mail to aliases through the relay, its aliases in the directory and in a static map in turn`;

/** An interrupt. The listener stays: execa's, which it has company in, would end the process if it were alone. */
const interrupted = new Promise<void>((resolve) => {
  process.on("SIGINT", () => {
    resolve();
  });
});

/** How long an interrupted CLI, which the terminal has told as well, may take to end. */
const ENDING_MS = 15_000;

/** Runs a benchmark until its end or an interrupt, and leaves nothing of it. */
async function cleanedUp(bench: () => Promise<void>, cleanUp: () => void): Promise<void> {
  const running = bench();
  const stop = async (): Promise<never> => {
    await interrupted;
    await Promise.race([running.catch(() => undefined), delay(ENDING_MS)]);
    cleanUp();
    console.error("interrupted; nothing is left of the benchmark");
    return process.exit(130);
  };
  try {
    await Promise.race([running, stop()]);
  } finally {
    cleanUp();
  }
}

async function withStacks<Count extends Throwaway[]>(
  stacks: Count,
  bench: (...stacks: Count) => Promise<void>,
): Promise<void> {
  await cleanedUp(
    () => bench(...stacks),
    () => {
      for (const stack of stacks) removeThrowaway(stack);
    },
  );
}

async function withRelay(bench: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = new Lab();
  await cleanedUp(
    () => bench(lab),
    () => {
      lab.remove();
    },
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" }, accounts: { type: "string", default: "50000" } },
});
const chosen = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const unknown = positionals.find((name) => !["up", "directory", "mail", "demand"].includes(name));
if (values.help === true || unknown !== undefined) {
  console.log(USAGE);
  process.exit(unknown === undefined ? 0 : 2);
}
if (chosen("up")) await withStacks([newThrowaway(), newThrowaway()], benchUp);
if (chosen("directory")) {
  await withStacks([newThrowaway()], (stack) => benchDirectory(stack, Number(values.accounts)));
}
if (chosen("mail")) await withRelay(benchMail);
if (chosen("demand")) await withStacks([newThrowaway()], benchDemand);
printReport();
