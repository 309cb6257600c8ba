/** Removing a container. */
import type { Properties } from "../../core/definition.ts";
import { pause, type Context } from "../engine/engine.ts";
import { EngineError, isConflict, isMissing } from "../engine/errors.ts";
import { number, text } from "../values.ts";
import { inspect } from "./inspect.ts";
import { explain } from "./refusals.ts";

/** Seconds beyond the grace time until a stop counts as hanging. */
const stopSlackSec = 60;

/** How long another removal that is under way may take, and how often to look. */
const goneWithinSec = 60;
const lookEveryMs = 100;

/** Stops it, kindly if a grace time is given, and removes it. One that is already gone is fine. */
export async function remove(context: Context, id: string, state: Properties): Promise<void> {
  try {
    if (state.attach !== true) await stop(context, id, number(state.destroyGraceSeconds));
    await context.client.ask(context.signal, (docker, abortSignal) =>
      docker.getContainer(id).remove({ force: true, v: state.removeVolumes !== false, abortSignal }),
    );
  } catch (error) {
    if (isMissing(error)) return;
    if (isConflict(error) && error instanceof EngineError && error.message.includes("already in progress"))
      await untilGone(context, id);
    else throw explain(error, text(state.name));
  }
}

async function stop(context: Context, id: string, graceSec: number): Promise<void> {
  try {
    await context.client.ask(
      context.signal,
      (docker, abortSignal) => docker.getContainer(id).stop({ t: graceSec, abortSignal }),
      graceSec + stopSlackSec,
    );
  } catch (error) {
    const alreadyStopped = error instanceof EngineError && error.status === 304;
    if (!alreadyStopped) throw error;
  }
}

async function untilGone(context: Context, id: string): Promise<void> {
  const deadline = Date.now() + (context.timeoutSec ?? goneWithinSec) * 1000;
  while ((await inspect(context, id)) !== undefined) {
    if (Date.now() > deadline) throw new Error(`container ${id} is still being removed: run again`);
    await pause(context.signal, lookEveryMs);
  }
}
