import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const HEALTHY_TIMEOUT_MS = 60_000;

/** What the docker command says. */
export function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** Waits until a container that was started says that it is healthy. */
export async function untilHealthy(container: string): Promise<void> {
  const end = Date.now() + HEALTHY_TIMEOUT_MS;
  while (docker("inspect", "--format", "{{.State.Health.Status}}", container) !== "healthy") {
    if (Date.now() > end) throw new Error(`${container} did not become healthy`);
    await sleep(250);
  }
}
