/** docker:index/volume:Volume */
import type Docker from "dockerode";

import type { Found, Properties, ResourceType } from "../core/definition.ts";
import { pause, uncut, type Context, type Engine } from "./engine/engine.ts";
import { EngineError, isConflict, isMissing } from "./engine/errors.ts";
import { givenOnly, labelsFromMap, labelsToMap, text, textMap } from "./values.ts";

/** Containers let go of a volume a moment after their removal: how long to wait for that, and how often to look. */
const freeWithinSec = 30;
const lookEveryMs = 200;

export const volume: ResourceType<Engine> = {
  autoName: "name",
  meta: { schemaVersion: 1 },
  sets: ["labels"],
  validate: (inputs) =>
    inputs.cluster === undefined || inputs.cluster === null
      ? []
      : [{ property: "cluster", reason: "cluster volumes are not supported by the built-in docker plugin" }],
  create,
  read: (context, id) => read(context, id),
  delete: remove,
};

async function create(context: Context, inputs: Properties): Promise<Found> {
  const name = text(inputs.name);
  // The engine takes a volume that is already there for the one asked for, whatever its labels and contents.
  if (name !== "" && (await read(context, name)) !== undefined)
    context.warn(
      `volume "${name}" was already there: its data is kept, and it is deleted with this resource`,
    );
  const options: Docker.VolumeCreateOptions = givenOnly({
    Name: name,
    Driver: text(inputs.driver),
    DriverOpts: textMap(inputs.driverOpts),
    Labels: labelsToMap(inputs.labels),
  });
  const made = await context.client.make(context.signal, (docker, abortSignal) =>
    docker.createVolume({ ...options, abortSignal }),
  );
  const found = await read(uncut(context), made.name);
  if (found === undefined) throw new Error(`volume "${made.name}" vanished while it was made: run again`);
  return found;
}

async function read(context: Context, id: string): Promise<Found | undefined> {
  try {
    const found = await context.client.ask(context.signal, (docker, abortSignal) =>
      docker.getVolume(id).inspect({ abortSignal }),
    );
    return {
      id: found.Name,
      state: {
        name: found.Name,
        labels: labelsFromMap(found.Labels),
        driver: found.Driver,
        driverOpts: found.Options ?? {},
        mountpoint: found.Mountpoint,
      },
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function remove(context: Context, id: string): Promise<void> {
  const deadline = Date.now() + (context.timeoutSec ?? freeWithinSec) * 1000;
  for (;;) {
    try {
      await context.client.ask(context.signal, (docker, abortSignal) =>
        docker.getVolume(id).remove({ force: true, abortSignal }),
      );
      return;
    } catch (error) {
      if (isMissing(error)) return;
      if (!isConflict(error)) throw error;
      if (Date.now() > deadline) throw new EngineError(409, await inUse(context, id));
    }
    await pause(context.signal, lookEveryMs);
  }
}

async function inUse(context: Context, id: string): Promise<string> {
  const users = await context.client.ask(context.signal, (docker, abortSignal) =>
    docker.listContainers({ all: true, filters: { volume: [id] }, abortSignal }),
  );
  const names = users.map(({ Names }) => Names.join(", ").replaceAll("/", ""));
  return `volume "${id}" is used by containers: ${names.join(", ")}; remove them first`;
}
