import type { Context } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";

/** Starts a container; one that runs already is fine. */
export async function start(context: Context, id: string): Promise<void> {
  try {
    await context.client.ask(context.signal, (docker, abortSignal) =>
      docker.getContainer(id).start({ abortSignal }),
    );
  } catch (error) {
    const runsAlready = error instanceof EngineError && error.status === 304;
    if (!runsAlready) throw error;
  }
}
