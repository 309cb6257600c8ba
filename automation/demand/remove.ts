import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { engineAt } from "../engine.ts";
import { InterruptedError, OperatorError, UntouchedError } from "../fail.ts";
import { interruptible } from "../interrupt.ts";
import { backendUrl, PROJECT } from "../project.ts";
import { asRemoteHost, type RemoteHost } from "../remote-host.ts";
import { CutError, throughTunnel } from "../tunnel.ts";
import { explained, isAboutPassphrase, lastErrors } from "../workspace.ts";
import { claim, releaseAll } from "./addresses.ts";
import { nameVolumeOf, removeLeftovers } from "./leftovers.ts";
import { filesOf, staysOf } from "./maker.ts";
import { type Entry, forget, registryFolder, update } from "./registry.ts";
import { removeTree } from "./tree.ts";

/**
 * Removes a stack on demand, however far it had got and whichever clone made it: by Pulumi, and what is left after that
 * by its names. Whoever calls this holds the stack's lock.
 *
 * @param force whether to go on by names alone where the passphrase does not open the state, and to leave what is in a
 * clone out of reach
 * @param say is told of what Pulumi did not remove, and of what stays
 * @throws {UntouchedError} when the passphrase is wrong, an update is running, another machine makes it, or its clone or
 * its host's ports are out of reach
 * @throws {InterruptedError} when it was interrupted
 * @throws {OperatorError} when its engine does not answer, or the connection to its host is cut
 */
export async function removeDemand(entry: Entry, force: boolean, say: (line: string) => void): Promise<void> {
  const engine = engineAt(entry.docker);
  const stays = staysOf(entry, force);
  await engine.docker("version"); // while it does not answer, nothing can be seen to be gone
  // Before it has an address of its own it makes nothing, and what bears its name is another state's.
  if (entry.addresses.length > 0) {
    await destroy(entry, force, say);
    if (await claim(engine, entry.id, nameVolumeOf(entry.stack))) {
      const left = await removeLeftovers(engine, entry.stack);
      if (left.length > 0) say(`removed by name, because Pulumi did not: ${left.join(", ")}`);
    }
    if (stays.length === 0) await removeFiles(entry);
    else say(`what stays: ${stays.join(", ")}`);
  }
  await releaseAll(engine, entry.id);
  forget(entry); // last: while it is there, gc tries again
}

async function removeFiles(entry: Entry): Promise<void> {
  await removeTree(entry.stack, entry.clone);
  for (const file of filesOf(entry)) fs.rmSync(file, { force: true });
}

async function destroy(entry: Entry, force: boolean, say: (line: string) => void): Promise<void> {
  const { stack } = entry;
  update({ ...entry, state: "removing" });
  try {
    await throughTunnel(hostOf(entry), async () => {
      const opened = await openByName(entry);
      if (opened === undefined) return;
      await explained(stack, () => destroyWith(opened));
      await explained(stack, () => opened.workspace.removeStack(stack));
    });
  } catch (error) {
    if (error instanceof CutError || error instanceof InterruptedError) throw error; // half-removed, and the state knows the other half
    if (isKept(error, force)) {
      update(entry);
      throw error;
    }
    say(`pulumi destroy: ${(error as Error).message}`);
    await removeState(entry, say);
  }
  forgetState(stack);
}

/**
 * Removes the state, whatever it has. Where that fails, one in a folder still goes by its name.
 *
 * @throws {OperatorError} when it fails in a bucket, which the next stack of the name would find it in
 */
async function removeState(entry: Entry, say: (line: string) => void): Promise<void> {
  const place = placeOf(entry);
  try {
    const workspace = await automation.LocalWorkspace.create(place);
    await workspace.removeStack(entry.stack, { force: true });
  } catch (error) {
    const reason = lastErrors((error as Error).message);
    const { PULUMI_BACKEND_URL: backend } = place.envVars;
    if (backend.startsWith("file:")) say(`pulumi stack rm: ${reason}`);
    else throw new OperatorError(`the state of stack ${entry.stack} stays: ${reason}; then try again`);
  }
}

/** Whether a failure leaves the stack as it is; by force, one is removed that nobody opens, not one that is in use. */
export function isKept(error: unknown, force: boolean): boolean {
  return error instanceof UntouchedError && !(force && isAboutPassphrase(error));
}

/** The host it runs on, where that is another machine: as its file says, which may be gone. */
function hostOf({ docker, addresses }: Entry): RemoteHost | undefined {
  return asRemoteHost({ docker, bindAddress: addresses[0], adminAddress: addresses.at(-1) });
}

/** Where the stack's program is, or else another clone's, and where its state is. */
function placeOf(entry: Entry): { workDir: string; envVars: { PULUMI_BACKEND_URL: string } } {
  const [, , tree = ""] = filesOf(entry);
  const workDir = [tree, entry.clone].find((folder) => fs.existsSync(path.join(folder, "Pulumi.yaml")));
  return { workDir: workDir ?? PROJECT, envVars: { PULUMI_BACKEND_URL: backendUrl() } };
}

/** Opens a state that is there, also without the stack's file: Pulumi finds in the state what it needs to remove it. */
async function openByName(entry: Entry): Promise<automation.Stack | undefined> {
  const { workDir, envVars } = placeOf(entry);
  return explained(entry.stack, async () => {
    try {
      return await automation.LocalWorkspace.selectStack({ stackName: entry.stack, workDir }, { envVars });
    } catch (error) {
      if (error instanceof automation.StackNotFoundError) return undefined;
      throw error;
    }
  });
}

/** Destroys it; a lock of a process that is gone is taken away before. */
async function destroyWith(stack: automation.Stack): Promise<void> {
  const destroy = (): Promise<unknown> =>
    interruptible(stack.name, "the same again goes on where it stopped", (signal) =>
      stack.destroy({ signal }),
    );
  try {
    await destroy();
  } catch (error) {
    if (!(error instanceof automation.CommandError) || !isCutOff(error.message)) throw error;
    await stack.cancel();
    await destroy();
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
