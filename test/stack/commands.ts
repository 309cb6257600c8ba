import { spawnSync } from "node:child_process";
import { environmentOf, type Throwaway } from "./throwaway.ts";

/** How a command ended: its exit code, what it said, and its one message where it failed. */
export interface Ended {
  readonly status: number;
  readonly output: string;
  readonly error: string;
}

/** Runs a command of `automation/` for a stack. */
export function run(
  script: string,
  throwaway: Throwaway,
  environment: Readonly<Record<string, string>> = {},
): Ended {
  const { status, stdout, stderr } = spawnSync("node", [script, throwaway.name], {
    env: { ...process.env, ...environmentOf(throwaway), ...environment },
    encoding: "utf8",
  });
  const start = stderr.lastIndexOf("error: ");
  return { status: status ?? -1, output: stdout, error: start < 0 ? "" : stderr.slice(start) };
}

/** `npm run up` without the bootstrap. */
export const up = (throwaway: Throwaway, environment?: Readonly<Record<string, string>>): Ended =>
  run("automation/up.ts", throwaway, environment);
