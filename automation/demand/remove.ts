import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { stackFileIn } from "../../components/settings/stack-file.ts";
import { engineAt } from "../engine.ts";
import { UntouchedError } from "../fail.ts";
import { certificateFileOf, folderOf, PROJECT } from "../project.ts";
import { explained, openStack } from "../workspace.ts";
import { claim, giveBack, release } from "./addresses.ts";
import { nameVolumeOf, removeLeftovers } from "./leftovers.ts";
import { type Entry, forget, registryFolder, update } from "./registry.ts";
import { removeTree } from "./tree.ts";

/**
 * Removes a stack on demand, however far it had got: by Pulumi, and what is left after that by its names. Whoever calls
 * this holds the stack's lock.
 *
 * @param force whether to go on by names alone where the passphrase does not open the state
 * @param say is told of what Pulumi did not remove
 * @throws {UntouchedError} when the passphrase is wrong, or an update is running
 */
export async function removeDemand(entry: Entry, force: boolean, say: (line: string) => void): Promise<void> {
  const { stack, id } = entry;
  const engine = engineAt(entry.docker);
  await destroy(entry, force, say);
  // Without an address of its own it had made nothing yet, and the name may be another stack's.
  if (entry.addresses.length > 0 && (await claim(engine, id, nameVolumeOf(stack)))) {
    const left = await removeLeftovers(engine, stack);
    if (left.length > 0) say(`removed by name, because Pulumi did not: ${left.join(", ")}`);
  }
  await removeTree(stack);
  for (const file of [stackFileIn(PROJECT, stack), certificateFileOf(stack)])
    fs.rmSync(file, { force: true });
  await giveBack(engine, id, entry.addresses);
  await release(engine, id, nameVolumeOf(stack));
  forget(stack); // last: while it is there, gc tries again
}

async function destroy(entry: Entry, force: boolean, say: (line: string) => void): Promise<void> {
  const { stack } = entry;
  if (!fs.existsSync(stackFileIn(folderOf(stack), stack))) return; // it had not come to a state
  try {
    const opened = await openStack(stack);
    update({ ...entry, state: "removing" });
    await explained(stack, () => destroyWith(opened));
    await explained(stack, () => opened.workspace.removeStack(stack));
  } catch (error) {
    if (error instanceof UntouchedError && !force) {
      update(entry);
      throw error;
    }
    say(`pulumi destroy: ${(error as Error).message}`);
    const workspace = await automation.LocalWorkspace.create({ workDir: folderOf(stack) });
    await workspace.removeStack(stack, { force: true }).catch(() => undefined); // the files are removed in any case
  }
  forgetState(stack);
}

/** Destroys it; a lock of a process that is gone is taken away before. */
async function destroyWith(stack: automation.Stack): Promise<void> {
  try {
    await stack.destroy();
  } catch (error) {
    if (!(error instanceof automation.CommandError) || !isCutOff(error.message)) throw error;
    await stack.cancel();
    await stack.destroy();
  }
}

/** Whether all who hold a state's lock, as the CLI lists them, were processes of this machine that are gone. */
export function isCutOff(message: string, host = os.hostname(), isAlive = isRunning): boolean {
  const holders = [...message.matchAll(/created by \S*@(\S+) \(pid (\d+)\)/g)];
  return (
    /the stack is currently locked/.test(message) &&
    holders.length > 0 &&
    holders.every(([, at, pid]) => at === host && !isAlive(Number(pid)))
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What Pulumi keeps of a stack in a folder after it is removed: backups, history, or a state that nothing opens. */
function forgetState(stack: string): void {
  const state = path.join(path.dirname(registryFolder()), ".pulumi");
  if (!fs.existsSync(state)) return;
  for (const kind of ["stacks", "backups", "history", "locks"]) {
    for (const folder of [path.join(state, kind, "sso"), path.join(state, kind, "organization/sso")]) {
      if (!fs.existsSync(folder)) continue;
      for (const name of fs.readdirSync(folder))
        if (name === stack || name.startsWith(`${stack}.json`))
          fs.rmSync(path.join(folder, name), { recursive: true });
    }
  }
}
