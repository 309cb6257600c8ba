import { spawnSync } from "node:child_process";
import { environmentOf, type Throwaway } from "./throwaway.ts";

/** What `npm run up` ends with: its exit code and its one message. */
export function up(
  throwaway: Throwaway,
  environment: Readonly<Record<string, string>> = {},
): { status: number; error: string } {
  const { status, stderr } = spawnSync("node", ["automation/up.ts", throwaway.name], {
    env: { ...process.env, ...environmentOf(throwaway), ...environment },
    encoding: "utf8",
  });
  return { status: status ?? -1, error: stderr.slice(stderr.lastIndexOf("error: ")) };
}
