/** Changing a container in place. */
import type { Found, Properties } from "../../core/definition.ts";
import { isZero } from "../../core/values.ts";
import type { Context } from "../engine/engine.ts";
import { isMissing } from "../engine/errors.ts";
import { number, text } from "../values.ts";
import { fields, toEngine } from "./fields.ts";
import { read } from "./read.ts";
import { explain } from "./refusals.ts";
import { start } from "./start.ts";

/** What the engine changes on a live container; anything else replaces it or concerns this plugin alone. */
const live = new Set([
  "cpuPeriod",
  "cpuQuota",
  "cpuSet",
  "cpuShares",
  "deviceReadBps",
  "deviceReadIops",
  "deviceWriteBps",
  "deviceWriteIops",
  "maxRetryCount",
  "memory",
  "memoryReservation",
  "memorySwap",
  "restart",
]);

/** Those for which the engine takes 0 as "leave it". */
const limits = ["cpuPeriod", "cpuQuota", "cpuSet", "cpuShares", "memory", "memoryReservation"] as const;

const liveFields = fields.filter(({ property }) => live.has(property));

/** @throws when a limit is taken away, which the engine cannot do to a container that exists */
export async function update(
  context: Context,
  id: string,
  state: Properties,
  inputs: Properties,
): Promise<Found> {
  const name = text(state.name);
  const lifted = limits.find((property) => !isZero(state[property]) && isZero(inputs[property]));
  if (lifted !== undefined)
    throw new Error(
      `container "${name}": Docker cannot lift ${lifted} in place: replace it (pulumi up --target-replace URN)`,
    );
  try {
    await context.client.ask(context.signal, (docker) => docker.getContainer(id).update(request(inputs)));
    if (state.mustRun === false && inputs.mustRun === true && inputs.start !== false)
      await start(context, id);
  } catch (error) {
    if (isMissing(error))
      throw new Error(`container "${name}" is gone: run \`pulumi up --refresh\` to make it again`);
    throw explain(error, name);
  }
  const found = await read(context, id, inputs);
  if (found === undefined) throw new Error(`container "${name}" vanished while it was updated: run again`);
  return found;
}

function request(inputs: Properties): Properties {
  // Swap follows memory unless it is asked for: the engine refuses memory above the swap that it set by itself.
  const memorySwap = isZero(inputs.memorySwap) ? 2 * number(inputs.memory) : (inputs.memorySwap ?? 0);
  return toEngine({ ...inputs, memorySwap }, liveFields).HostConfig as Properties;
}
