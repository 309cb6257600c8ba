import { spawnSync } from "node:child_process";
import { environmentOf, type Throwaway } from "./throwaway.ts";

/** How a command ended: its exit code, what it said, and its one message where it failed. */
export interface Ended {
  readonly status: number;
  readonly output: string;
  readonly error: string;
}

/** Runs a script of `automation/` with its words, in a stack's environment. */
export function run(
  words: readonly string[],
  throwaway: Throwaway,
  environment: Readonly<Record<string, string>> = {},
): Ended {
  const { status, stdout, stderr } = spawnSync("node", words, {
    env: { ...process.env, ...environmentOf(throwaway), ...environment },
    encoding: "utf8",
  });
  const start = stderr.lastIndexOf("error: ");
  return { status: status ?? -1, output: stdout, error: start < 0 ? "" : stderr.slice(start) };
}

/** What a command says that goes well. @throws its message when it fails */
export function outputOf(words: readonly string[], throwaway: Throwaway): string {
  const { status, output, error } = run(words, throwaway);
  if (status !== 0) throw new Error(error);
  return output;
}

/** `npm run up` without the bootstrap. */
export const up = (throwaway: Throwaway, environment?: Readonly<Record<string, string>>): Ended =>
  run(["automation/up.ts", throwaway.name], throwaway, environment);
