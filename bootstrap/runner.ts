import type { Found, Step } from "./step.ts";

/** What the runner tells about one step. */
export type Event =
  | { readonly kind: "report"; readonly step: string; readonly message: string }
  | { readonly kind: "done"; readonly step: string; readonly found: Found };

/** A step that failed; the message names it. */
export class StepError extends Error {}

/**
 * Brings what is missing. Steps that need nothing of each other run side by side; the first failure stops all.
 * @returns names of the steps that had something to do
 * @throws {StepError} with the step's name and its message
 */
export async function runSteps(
  steps: readonly Step[],
  tell: (event: Event) => void,
): Promise<readonly string[]> {
  const found = await Promise.all(steps.map(guarded((step) => step.check())));
  const missing = steps.filter((_, index) => found[index] === undefined);
  const failure = new AbortController();
  const running = new Map<string, Promise<void>>();

  const bring = guarded(async (step: Step): Promise<void> => {
    const { signal } = failure;
    const report = (message: string): void => {
      tell({ kind: "report", step: step.name, message });
    };
    const needed = step.needs.map((name) => running.get(name)).filter((run) => run !== undefined);
    await Promise.all([step.prepare?.({ signal, report }), ...needed]);
    // What was needed may have brought this too, such as an engine that has the images already.
    const again = needed.length > 0 ? await step.check() : undefined;
    tell({ kind: "done", step: step.name, found: again ?? (await step.install({ signal, report })) });
  });

  for (const step of missing) {
    // Steps stand after those they need, so that each finds them running.
    running.set(step.name, bring(step));
  }
  try {
    await Promise.all(running.values());
  } catch (error) {
    failure.abort();
    await Promise.allSettled(running.values());
    throw error;
  }
  return missing.map(({ name }) => name);
}

/** Lets a step's error bear its name, once. */
function guarded<T>(work: (step: Step) => Promise<T>): (step: Step) => Promise<T> {
  return async (step) => {
    try {
      return await work(step);
    } catch (error) {
      if (error instanceof StepError) throw error;
      throw new StepError(`${step.name}: ${(error as Error).message}`, { cause: error });
    }
  };
}
