import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const HEALTHY_TIMEOUT_MS = 60_000;

/** Waits until a container that was started says that it is healthy. */
export async function untilHealthy(container: string): Promise<void> {
  const inspect = ["inspect", "--format", "{{.State.Health.Status}}", container];
  const end = Date.now() + HEALTHY_TIMEOUT_MS;
  while (execFileSync("docker", inspect, { encoding: "utf8" }).trim() !== "healthy") {
    if (Date.now() > end) throw new Error(`${container} did not become healthy`);
    await sleep(250);
  }
}
