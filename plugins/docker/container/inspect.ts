import type Docker from "dockerode";

import type { Context } from "../engine/engine.ts";
import { isMissing } from "../engine/errors.ts";

/** The types of dockerode know less than the engine says. */
export type Inspection = Docker.ContainerInspectInfo & { NetworkSettings: { Bridge?: string } };

/** A container by ID or name; `undefined` when it is gone. */
export async function inspect(
  context: Context,
  id: string,
  signal = context.signal,
): Promise<Inspection | undefined> {
  try {
    return await context.client.ask(signal, (docker, abortSignal) =>
      docker.getContainer(id).inspect({ abortSignal }),
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
