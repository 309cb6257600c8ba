/** Making a container. */
import type Docker from "dockerode";

import type { Found, Properties } from "../../core/definition.ts";
import { PartialError } from "../../core/errors.ts";
import { isObject } from "../../core/values.ts";
import type { Context } from "../engine/engine.ts";
import { EngineError, isMissing, messageOf } from "../engine/errors.ts";
import { pull } from "../image/pull.ts";
import { givenOnly, number, text, texts } from "../values.ts";
import { toEngine } from "./fields.ts";
import { inspect, type Inspection } from "./inspect.ts";
import { allLogs, lastLines } from "./logs.ts";
import { connectNetworks } from "./networks.ts";
import { portsToEngine } from "./ports.ts";
import { describe } from "./read.ts";
import { explain } from "./refusals.ts";
import { start } from "./start.ts";
import { upload } from "./uploads.ts";
import { volumesToEngine } from "./volumes.ts";
import { ending, untilHealthy, untilOver } from "./wait.ts";

/** Seconds for a container to end that is attached to, unless the operator allows others: the official timeout. */
const attachedWithinSec = 20 * 60;

/** Seconds for taking back what was made, which goes on after a cancellation. */
const undoWithinSec = 60;

/**
 * Makes, connects, fills, starts and awaits a container. A failure on the way leaves nothing behind.
 * @throws PartialError when even the taking back fails
 */
export async function create(context: Context, inputs: Properties): Promise<Found> {
  const name = text(inputs.name);
  const id = await make(context, inputs);
  try {
    const state = await bringUp(context, { id, name }, inputs);
    return { id, state };
  } catch (error) {
    const explained = explain(error, name);
    await undo(context, id, inputs, messageOf(explained));
    throw explained;
  }
}

async function make(context: Context, inputs: Properties): Promise<string> {
  const send = (): Promise<Docker.Container> =>
    context.client.make(context.signal, (docker, abortSignal) =>
      docker.createContainer({ ...request(inputs), abortSignal }),
    );
  try {
    const made = await send().catch(async (error: unknown) => {
      const image = text(inputs.image);
      if (!isMissing(error) || !/no such image/i.test(messageOf(error))) throw error;
      if (image.startsWith("sha256:"))
        throw new EngineError(
          404,
          `image ${image} is not on the Docker host: run \`pulumi up --refresh\` to make it again`,
        );
      await pull(context, image, text(inputs.platform));
      return send();
    });
    return made.id;
  } catch (error) {
    throw explain(error, text(inputs.name));
  }
}

/**
 * The request for a new container. docker-modem would put everything into the URL as well, environment included;
 * `_query` and `_body` keep the two apart.
 */
function request(inputs: Properties): Docker.ContainerCreateOptions {
  const { Config: config, HostConfig: host, Platform: platform } = toEngine(inputs);
  const { exposed, bindings } = portsToEngine(inputs.ports);
  const { points, binds, from } = volumesToEngine(inputs.volumes);
  const capabilities = isObject(inputs.capabilities) ? inputs.capabilities : {};
  const body = {
    ...(isObject(config) ? config : {}),
    ...givenOnly({ ExposedPorts: exposed, Volumes: points }),
    Image: text(inputs.image),
    HostConfig: {
      ...(isObject(host) ? host : {}),
      ...givenOnly({
        PortBindings: bindings,
        Binds: binds,
        VolumesFrom: from,
        CapAdd: texts(capabilities.adds).map(fullName),
        CapDrop: texts(capabilities.drops).map(fullName),
      }),
      Init: inputs.init === true, // said even when false: the engine may be set to run one by default
    },
  };
  const query = { name: text(inputs.name), ...givenOnly({ platform: text(platform) }) };
  return { _query: query, _body: body } as unknown as Docker.ContainerCreateOptions;
}

/** `CAP_CHOWN` for `chown`: engines up to 20.10 keep what they get, and the state is compared with that. */
function fullName(capability: string): string {
  const name = capability.toUpperCase();
  return name === "ALL" || name.startsWith("CAP_") ? name : `CAP_${name}`;
}

async function bringUp(
  context: Context,
  made: { id: string; name: string },
  inputs: Properties,
): Promise<Properties> {
  await connectNetworks(context, made.id, inputs.networksAdvanced);
  await upload(context, made.id, inputs.uploads);
  if (inputs.start !== false) {
    await start(context, made.id);
    if (inputs.wait === true) await untilHealthy(context, made, number(inputs.waitTimeout));
  }
  if (inputs.attach === true) await untilOver(context, made, context.timeoutSec ?? attachedWithinSec);
  const logs =
    inputs.attach === true && inputs.logs === true
      ? await allLogs(context, made.id, inputs.tty === true)
      : "";
  const found = await inspect(context, made.id);
  if (found === undefined)
    throw new Error(`container "${made.name}" was removed as soon as it was made: run again`);
  await warnIfFailed(context, found, inputs);
  return { ...describe(found, inputs), ...(logs === "" ? {} : { containerLogs: logs }) };
}

/** A container that ended at once is no error to the official plugin, but it is worth a word. */
async function warnIfFailed(context: Context, found: Inspection, inputs: Properties): Promise<void> {
  const ended = !found.State.Running && found.State.Status !== "created";
  if (!ended || (found.State.ExitCode === 0 && inputs.mustRun !== true)) return;
  const logs = await lastLines(context, found.Id, found.Config.Tty, context.signal);
  context.warn(`container "${text(inputs.name)}" ${ending(found)}${logs}`);
}

async function undo(context: Context, id: string, inputs: Properties, why: string): Promise<void> {
  const signal = AbortSignal.timeout(undoWithinSec * 1000); // the operator's signal may be what brought us here
  try {
    await context.client.ask(signal, (docker, abortSignal) =>
      docker.getContainer(id).remove({ force: true, v: inputs.removeVolumes !== false, abortSignal }),
    );
  } catch (error) {
    if (isMissing(error)) return;
    const message = `${why}\nthe container could not be removed either (${messageOf(error)}): run again to replace it`;
    throw new PartialError(message, { id, state: { image: "" } }); // differs from any image: the next run replaces it
  }
}
