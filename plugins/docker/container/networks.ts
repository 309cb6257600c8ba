/** The networks of a container. */
import type Docker from "dockerode";

import type { Properties, Value } from "../../core/definition.ts";
import type { Context } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import { withZeros } from "../schema.ts";
import { blocks, givenOnly, number, text, texts } from "../values.ts";

const blockToken = "docker:index/ContainerNetworksAdvanced:ContainerNetworksAdvanced";

type Endpoint = Docker.EndpointSettings & { GwPriority?: number };

/** The networks in an inspection, by name. */
export type Attached = Docker.ContainerInspectInfo["NetworkSettings"]["Networks"];

/** Takes the container off the default bridge and onto the networks asked for. */
export async function connectNetworks(
  context: Context,
  id: string,
  networks: Value | undefined,
): Promise<void> {
  const asked = blocks(networks);
  if (asked.length > 0) await leaveBridge(context, id);
  for (const network of asked) await connect(context, id, network);
}

async function leaveBridge(context: Context, id: string): Promise<void> {
  try {
    await context.client.ask(context.signal, (docker, abortSignal) =>
      docker.getNetwork("bridge").disconnect({ Container: id, abortSignal }),
    );
  } catch (error) {
    // With another network mode it never was there.
    if (!(error instanceof EngineError && error.message.includes("is not connected to"))) throw error;
  }
}

async function connect(context: Context, id: string, network: Properties): Promise<void> {
  const name = text(network.name);
  try {
    await context.client.ask(context.signal, (docker) =>
      docker.getNetwork(name).connect({ Container: id, EndpointConfig: endpoint(network) }),
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(error.status, `connecting to network "${name}" failed: ${error.message}`);
  }
}

function endpoint(network: Properties): Endpoint {
  const driverOpts = texts(network.driverOpts).map((entry): [string, string] => {
    const [key = "", ...value] = entry.split("=");
    return [key, value.join("=")];
  });
  return givenOnly({
    Aliases: texts(network.aliases),
    MacAddress: text(network.macAddress),
    DriverOpts: Object.fromEntries(driverOpts),
    GwPriority: number(network.gwPriority),
    IPAMConfig: givenOnly({
      IPv4Address: text(network.ipv4Address),
      IPv6Address: text(network.ipv6Address),
      LinkLocalIPs: texts(network.linkLocalIps),
    }),
  });
}

/** Addresses in each network, by the networks' names. */
export function networkDatas(attached: Attached): Value {
  return Object.keys(attached)
    .sort()
    .map((name) => ({ networkName: name, network: attached[name] }))
    .map(({ networkName, network }) => ({
      networkName,
      ipAddress: network?.IPAddress ?? "",
      ipPrefixLength: network?.IPPrefixLen ?? 0,
      gateway: network?.Gateway ?? "",
      globalIpv6Address: network?.GlobalIPv6Address ?? "",
      globalIpv6PrefixLength: network?.GlobalIPv6PrefixLen ?? 0,
      ipv6Gateway: network?.IPv6Gateway ?? "",
      macAddress: network?.MacAddress ?? "",
    }));
}

/** Those of the asked networks that the container is still connected to: the others were taken away by hand. */
export function stillConnected(asked: Value | undefined, attached: Attached): Value {
  const ids = Object.values(attached).map((each) => each.NetworkID);
  return blocks(asked)
    .filter(({ name }) => text(name) in attached || ids.includes(text(name)))
    .map((network) => withZeros(blockToken, network));
}

/** Networks as the program would ask for them, for a container that is imported. */
export function networksAdvanced(attached: Attached): Value {
  return Object.entries(attached)
    .filter(([name]) => !["bridge", "host", "none"].includes(name))
    .map(([name, network]) => {
      const ipam = (network.IPAMConfig ?? {}) as Docker.IPAMConfig;
      return {
        name,
        aliases: texts(network.Aliases as Value),
        ipv4Address: ipam.IPv4Address ?? "",
        ipv6Address: ipam.IPv6Address ?? "",
      };
    });
}
