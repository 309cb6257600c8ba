import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { reasonOf } from "../engine.ts";
import { OperatorError } from "../fail.ts";
import { PROJECT, treeOf } from "../project.ts";

const run = promisify(execFile);

/**
 * Makes a working tree of a branch, tag or commit for a stack that runs its program. It shares the clone's packages
 * where it asks for the same.
 *
 * @throws {OperatorError} when there is no such branch, or this is no clone
 */
export async function makeTree(stack: string, ref: string): Promise<void> {
  const commit = await git(
    PROJECT,
    ...["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`],
  ).catch(() => undefined);
  if (commit === undefined)
    throw new OperatorError(
      `no branch, tag or commit ${ref} in this clone; git fetch, then try again, or: git branch --all`,
    );
  const tree = treeOf(stack);
  fs.mkdirSync(path.dirname(tree), { recursive: true });
  await git(PROJECT, "worktree", "add", "--force", "--detach", tree, commit);
  const lockOf = (folder: string): string => fs.readFileSync(path.join(folder, "package-lock.json"), "utf8");
  if (lockOf(tree) === lockOf(PROJECT))
    fs.symlinkSync(path.join(PROJECT, "node_modules"), path.join(tree, "node_modules"));
  else await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: tree });
}

/** Removes a stack's working tree from the clone that made it, if there is one. */
export async function removeTree(stack: string, clone: string): Promise<void> {
  const tree = path.join(clone, path.relative(PROJECT, treeOf(stack)));
  if (!fs.existsSync(tree)) return;
  fs.rmSync(tree, { recursive: true });
  await git(clone, "worktree", "prune");
}

async function git(clone: string, ...words: readonly string[]): Promise<string> {
  try {
    // Git refuses another user's clone, which gc may well clean, unless it is named here.
    const { stdout } = await run("git", ["-C", clone, "-c", `safe.directory=${clone}`, ...words]);
    return stdout.trim();
  } catch (error) {
    throw new OperatorError(`git ${words[0] ?? ""}: ${reasonOf(error)}`);
  }
}
