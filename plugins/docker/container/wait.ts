/** Waiting for a container to become healthy or to end. */
import { pause, type Context } from "../engine/engine.ts";
import { inspect, type Inspection } from "./inspect.ts";
import { lastLines } from "./logs.ts";

/** Fine enough that a start is not held up, and one inspection costs the engine about a millisecond. */
const lookEveryMs = 100;

/** Names a container in messages and requests. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * Returns when the container's healthcheck passes.
 * @throws when it ends, has no healthcheck or is not healthy in time, with its last log lines
 */
export async function untilHealthy(context: Context, container: Named, timeoutSec: number): Promise<void> {
  const deadline = Date.now() + timeoutSec * 1000;
  context.status(`waiting for ${container.name} to become healthy`);
  for (;;) {
    const found = await present(context, container);
    const health = found.State.Health?.Status ?? "none";
    if (health === "healthy") return;
    if (health === "none")
      throw new Error(
        `container "${container.name}" has no healthcheck to wait for: add one, or leave out wait`,
      );
    if (isOver(found)) throw await failure(context, found, `${ending(found)} before it became healthy`);
    if (Date.now() >= deadline) throw await failure(context, found, unhealthy(found, timeoutSec));
    await pause(context.signal, lookEveryMs);
  }
}

/** Returns when the container has ended, however it did. */
export async function untilOver(context: Context, container: Named, timeoutSec: number): Promise<Inspection> {
  const deadline = Date.now() + timeoutSec * 1000;
  context.status(`waiting for ${container.name} to end`);
  for (;;) {
    const found = await present(context, container);
    if (isOver(found)) return found;
    if (Date.now() >= deadline)
      throw await failure(
        context,
        found,
        `did not end within ${String(timeoutSec)} s (attach waits for its end)`,
      );
    await pause(context.signal, lookEveryMs);
  }
}

/** How an ended container ended, for messages. */
export function ending({ State: state }: Inspection): string {
  const why = state.OOMKilled
    ? "ran out of memory and was killed"
    : `exited with code ${String(state.ExitCode)}`;
  return state.Error === "" ? why : `${why} (${state.Error})`;
}

function isOver({ State: state }: Inspection): boolean {
  return !state.Running && !state.Restarting && state.Status !== "created";
}

async function present(context: Context, { id, name }: Named): Promise<Inspection> {
  const found = await inspect(context, id);
  if (found === undefined)
    throw new Error(`container "${name}" was removed while it was waited for: run again`);
  return found;
}

function unhealthy(found: Inspection, timeoutSec: number): string {
  const restarts = found.RestartCount > 0 ? `, restarted ${String(found.RestartCount)} times` : "";
  const said = found.State.Health?.Log.at(-1)?.Output.trim() ?? "";
  const check = said === "" ? "" : `, last check: ${said}`;
  return `did not become healthy within ${String(timeoutSec)} s (${found.State.Health?.Status ?? ""}${restarts}${check})`;
}

async function failure(context: Context, found: Inspection, what: string): Promise<Error> {
  const logs = await lastLines(context, found.Id, found.Config.Tty, context.signal);
  return new Error(`container "${found.Name.replace(/^\//, "")}" ${what}${logs}`);
}
