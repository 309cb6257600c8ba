import { InterruptedError } from "./fail.ts";

/**
 * Runs an operation of Pulumi's so that an interrupt ends it in good order. Its CLI finishes on the first signal what it
 * has begun, and drops it on the second. The terminal sends SIGINT to the CLI too, so that is left to it: were nobody
 * listening here, execa, which has started it, would send another one. SIGTERM comes to this process alone, and is passed on.
 *
 * @param remedy what to do when it was interrupted
 * @throws {InterruptedError} when it was, once it has ended
 */
export async function interruptible<T>(
  stackName: string,
  remedy: string,
  operation: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const passedOn = new AbortController();
  const interrupted = new AbortController();
  const listener = (signal: "SIGINT" | "SIGTERM"): void => {
    if (!interrupted.signal.aborted)
      console.error(`stack ${stackName}: interrupted; ending what has begun …`);
    interrupted.abort(new InterruptedError(signal, `stack ${stackName}: interrupted; ${remedy}`));
    if (signal === "SIGTERM") passedOn.abort();
  };
  process.on("SIGINT", listener).on("SIGTERM", listener);
  try {
    return await operation(passedOn.signal);
  } finally {
    process.off("SIGINT", listener).off("SIGTERM", listener);
    interrupted.signal.throwIfAborted();
  }
}
