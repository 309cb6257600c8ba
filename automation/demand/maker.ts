import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stackFileIn } from "../../components/settings/stack-file.ts";
import { engineAt } from "../engine.ts";
import { UntouchedError } from "../fail.ts";
import { certificateFileOf, PROJECT, treeOf } from "../project.ts";
import { nameOf } from "./order.ts";
import { conditionOf, type Entry, makingEnds } from "./registry.ts";

/** A stack's file, its CA's certificate and its working tree, in the clone that made it. */
export function filesOf({ stack, clone }: Entry): string[] {
  return [stackFileIn(PROJECT, stack), certificateFileOf(stack), treeOf(stack)].map((file) =>
    path.join(clone, path.relative(PROJECT, file)),
  );
}

/** Whether this process may write wherever the clone that made a stack has files of it. */
function isWithinReach(entry: Entry): boolean {
  const folders = [
    ...filesOf(entry).map((file) => path.dirname(file)),
    path.join(entry.clone, ".git/worktrees"),
  ];
  return entry.maker === os.hostname() && folders.every(isWritable);
}

/** One that is gone has nothing to write to. */
function isWritable(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/**
 * Looks whether a stack can be removed from here.
 *
 * @param force whether to leave what is in a clone that this process may not write in, on another machine for example
 * @returns what will stay
 * @throws {UntouchedError} when another machine makes it, or something would stay and `force` is not given
 */
export function staysOf(entry: Entry, force: boolean): string[] {
  const { stack, maker, clone } = entry;
  if (conditionOf(entry, false) === "being made")
    throw new UntouchedError(
      `stack ${stack} is being made on ${maker}; wait for it, or, if that was cut off, ` +
        `until ${makingEnds(entry).toISOString()}`,
    );
  if (isWithinReach(entry)) return [];
  if (!force)
    throw new UntouchedError(
      `stack ${stack} was made on ${maker}, in ${clone}, which this command cannot clean; ` +
        `there: npm run stack -- delete ${nameOf(stack)}; here, with --force, its files there stay`,
    );
  const hasOwnEngine = maker !== os.hostname() && engineAt(entry.docker).isLocal;
  return [...filesOf(entry), ...(hasOwnEngine ? ["what its engine runs"] : [])].map(
    (each) => `${each} on ${maker}`,
  );
}
