/** Reading a container. */
import type { Found, Properties, Value } from "../../core/definition.ts";
import { isZero } from "../../core/values.ts";
import type { Context } from "../engine/engine.ts";
import { withZeros } from "../schema.ts";
import { blocks, text, texts } from "../values.ts";
import { defaults } from "./defaults.ts";
import { fromEngine } from "./fields.ts";
import { inspect, type Inspection } from "./inspect.ts";
import { networkDatas, networksAdvanced, stillConnected } from "./networks.ts";
import { portsFromEngine } from "./ports.ts";

/** What the engine holds. `state` is empty on import: then what cannot be read is taken to be the default. */
export async function read(context: Context, id: string, state: Properties): Promise<Found | undefined> {
  const found = await inspect(context, id);
  return found === undefined ? undefined : { id: found.Id, state: describe(found, state) };
}

/** An inspection as outputs. `asked` is the state, or the inputs of a container just made. */
export function describe(found: Inspection, asked: Properties): Properties {
  const imported = Object.keys(asked).length === 0;
  return {
    ...(imported ? importedState(found) : {}),
    ...fromEngine(found as unknown as Properties, asked),
    ...memorySwap(found, asked),
    ...capabilities(found),
    ...networks(found, asked),
    ...running(found, asked),
    ...unread(asked),
    name: found.Name.replace(/^\//, ""),
    image: text(asked.image).startsWith("sha256:") ? found.Image : found.Config.Image,
  };
}

/** Sets that the engine mixes with others or does not tell: they stay what they were. */
function unread(asked: Properties): Properties {
  return {
    envs: asked.envs ?? [],
    labels: asked.labels ?? [],
    volumes: blocks(asked.volumes).map((volume) =>
      withZeros("docker:index/ContainerVolume:ContainerVolume", volume),
    ),
  };
}

function importedState(found: Inspection): Properties {
  return {
    ...defaults,
    networksAdvanced: networksAdvanced(found.NetworkSettings.Networks),
    ports: portsFromEngine(found.NetworkSettings.Ports),
  };
}

/** Without a wish the engine allows as much swap as memory. */
function memorySwap({ HostConfig: host }: Inspection, asked: Properties): Properties {
  return isZero(asked.memorySwap) && host.MemorySwap === 2 * (host.Memory ?? 0) ? { memorySwap: 0 } : {};
}

function capabilities({ HostConfig: host }: Inspection): Properties {
  const adds = texts(host.CapAdd as Value);
  const drops = texts(host.CapDrop as Value);
  return adds.length + drops.length > 0 ? { capabilities: { adds, drops } } : {};
}

function networks(found: Inspection, asked: Properties): Properties {
  const { Bridge: bridge = "", Networks: attached, Ports: ports } = found.NetworkSettings;
  return {
    bridge,
    networkDatas: networkDatas(attached),
    ...(isZero(asked.networksAdvanced)
      ? {}
      : { networksAdvanced: stillConnected(asked.networksAdvanced, attached) }),
    // A stopped container publishes nothing, which is no change: it does again when it is started.
    ...(!isZero(asked.ports) && found.State.Running ? { ports: portsFromEngine(ports) } : {}),
  };
}

/** A container that must run and does not shows as `mustRun: false`: the next update starts it. */
function running({ State: state }: Inspection, asked: Properties): Properties {
  if (state.Running) return {};
  return { exitCode: state.ExitCode, ...(asked.mustRun === true ? { mustRun: false } : {}) };
}
