/** The time that a build or a pull may take. */
import type { Context } from "../engine/engine.ts";

/** Seconds, unless the operator allows others: the official timeout. */
export const doneWithinSec = 20 * 60;

/**
 * Runs `work` with a signal that ends it in time.
 *
 * @param what says what goes on, such as `building image "x"`; asked when time is up
 * @throws naming it, the limit and the remedy when time is up
 */
export async function withinLimit<Result>(
  context: Context,
  what: () => string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limitSec = context.timeoutSec ?? doneWithinSec;
  const limit = AbortSignal.timeout(limitSec * 1000);
  try {
    return await work(AbortSignal.any([context.signal, limit]));
  } catch (error) {
    if (!limit.aborted || context.signal.aborted) throw error;
    throw new Error(
      `${what()} was not done within ${String(limitSec)} s: see what it waits for, or allow more with customTimeouts`,
    );
  }
}
