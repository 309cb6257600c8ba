/** docker:index/network:Network */
import type Docker from "dockerode";

import type { Found, Properties, ResourceType, Value } from "../core/definition.ts";
import { pause, uncut, type Context, type Engine } from "./engine/engine.ts";
import { EngineError, isConflict, isMissing } from "./engine/errors.ts";
import { blocks, givenOnly, labelsFromMap, labelsToMap, text, textMap } from "./values.ts";

/** Containers leave a network a moment after their own removal: how long to wait for that, and how often to look. */
const emptyWithinSec = 30;
const lookEveryMs = 200;

export const network: ResourceType<Engine> = {
  autoName: "name",
  meta: { schemaVersion: 1 },
  sets: ["labels", "ipamConfigs"],
  renamed: { ipamConfigs: "ipam_config" },
  defaults: { ipamDriver: "default" },
  create,
  read: (context, id) => read(context, id),
  delete: remove,
};

async function create(context: Context, inputs: Properties): Promise<Found> {
  const name = text(inputs.name);
  try {
    const { id } = await context.client.make(context.signal, (docker, abortSignal) =>
      docker.createNetwork({ ...createOptions(inputs), abortSignal }),
    );
    const found = await read(uncut(context), id);
    if (found === undefined) throw new Error(`network "${name}" vanished while it was made: run again`);
    return found;
  } catch (error) {
    if (!isConflict(error)) throw named(name, error);
    throw new Error(
      `network name "${name}" is in use: remove it with \`docker network rm ${name}\` or import it`,
    );
  }
}

function createOptions(inputs: Properties): Docker.NetworkCreateOptions {
  const ipam = givenOnly({
    Driver: text(inputs.ipamDriver),
    Options: textMap(inputs.ipamOptions),
    Config: blocks(inputs.ipamConfigs).map((pool) =>
      givenOnly({
        Subnet: text(pool.subnet),
        IPRange: text(pool.ipRange),
        Gateway: text(pool.gateway),
        AuxiliaryAddresses: textMap(pool.auxAddress),
      }),
    ),
  });
  return {
    Name: text(inputs.name),
    CheckDuplicate: true, // engines before API 1.44 would make a second network of that name
    ...givenOnly({
      Driver: text(inputs.driver),
      Internal: inputs.internal === true,
      Attachable: inputs.attachable === true,
      Ingress: inputs.ingress === true,
      EnableIPv6: inputs.ipv6 === true,
      Options: textMap(inputs.options),
      Labels: labelsToMap(inputs.labels),
      IPAM: ipam,
    }),
  };
}

async function inspect(context: Context, id: string): Promise<Docker.NetworkInspectInfo | undefined> {
  try {
    return await context.client.ask(context.signal, (docker) => docker.getNetwork(id).inspect());
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function read(context: Context, id: string): Promise<Found | undefined> {
  const found = await inspect(context, id);
  if (found === undefined) return undefined;
  const pools = found.IPAM?.Config ?? [];
  return {
    id: found.Id,
    state: {
      name: found.Name,
      labels: labelsFromMap(found.Labels),
      driver: found.Driver,
      internal: found.Internal,
      attachable: found.Attachable,
      ingress: found.Ingress,
      ipv6: found.EnableIPv6,
      ipamDriver: found.IPAM?.Driver ?? "",
      ipamOptions: found.IPAM?.Options ?? {},
      scope: found.Scope,
      options: found.Options ?? {},
      ipamConfigs: pools.map((pool): Value => ({
        subnet: pool.Subnet ?? "",
        ipRange: pool.IPRange ?? "",
        gateway: pool.Gateway ?? "",
        auxAddress: textMap((pool.AuxiliaryAddresses ?? {}) as Value),
      })),
    },
  };
}

async function remove(context: Context, id: string, state: Properties): Promise<void> {
  const deadline = Date.now() + (context.timeoutSec ?? emptyWithinSec) * 1000;
  for (;;) {
    try {
      await context.client.ask(context.signal, (docker, abortSignal) =>
        docker.getNetwork(id).remove({ abortSignal }),
      );
      return;
    } catch (error) {
      if (isMissing(error)) return;
      if (!hasEndpoints(error)) throw named(text(state.name), error);
    }
    if (Date.now() > deadline) throw new Error(await occupied(context, id, text(state.name)));
    await pause(context.signal, lookEveryMs);
  }
}

function hasEndpoints(error: unknown): boolean {
  return error instanceof EngineError && error.message.includes("has active endpoints");
}

async function occupied(context: Context, id: string, name: string): Promise<string> {
  const found = await inspect(context, id);
  const containers = Object.values(found?.Containers ?? {}).map((each) => each.Name);
  return `network "${name}" still has containers: ${containers.join(", ")}; remove them or disconnect them from it`;
}

function named(name: string, error: unknown): unknown {
  return error instanceof EngineError
    ? new EngineError(error.status, `network "${name}": ${error.message}`)
    : error;
}
