import { execFileSync, spawnSync } from "node:child_process";
import { eventually, type Patience } from "../eventually.ts";

/** What the docker command says. */
export function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** Both streams of a container's log. */
export function logOf(container: string): string {
  const { stdout, stderr } = spawnSync("docker", ["logs", container], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 ** 2,
  });
  return stdout + stderr;
}

/**
 * Waits until a container serves.
 *
 * @param probe fails for as long as it does not
 * @throws with the last of its log, when it ends or takes too long
 */
export async function untilServing(
  container: string,
  probe: () => unknown,
  patience: Patience = {},
): Promise<void> {
  const state = (): string => docker("inspect", "--format", "{{json .State}}", container);
  let reason: unknown;
  const fault = (): string =>
    `${container} serves: ${String(reason)}\n${state()}\n${logOf(container).slice(-1500)}`;
  await eventually(
    fault,
    async () => {
      try {
        await probe();
        return true;
      } catch (error) {
        reason = error;
      }
      const { Running: isRunning } = JSON.parse(state()) as { readonly Running: boolean };
      if (!isRunning) throw new Error(`it ended before ${fault()}`);
      return false;
    },
    patience,
  );
}

/** Waits until a container that was started says that it is healthy. */
export async function untilHealthy(container: string): Promise<void> {
  const health = (): string => docker("inspect", "--format", "{{.State.Health.Status}}", container);
  await eventually(`${container} is healthy`, () => health() === "healthy");
}
