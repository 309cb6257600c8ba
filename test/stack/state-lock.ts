import * as fs from "node:fs";
import * as path from "node:path";
import type { Throwaway } from "./throwaway.ts";

/** Locks the state of a stack in a folder as another machine's update would. @returns what takes the lock away */
export function lockState({ folder }: Throwaway, stack: string): () => void {
  const locks = path.join(folder, ".pulumi/locks/organization/sso", stack);
  fs.mkdirSync(locks, { recursive: true });
  const holder = { pid: 1, username: "ada", hostname: "elsewhere", timestamp: new Date() };
  fs.writeFileSync(path.join(locks, "one.json"), JSON.stringify(holder));
  return () => {
    fs.rmSync(locks, { recursive: true });
  };
}
