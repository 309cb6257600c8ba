import type { Context, Found, Properties, ResourceType } from "../../core/definition.ts";
import type { Connection, Rest } from "../connection.ts";
import { addressId, fill, locate, pick } from "../entity.ts";
import { asObject, asText } from "../value.ts";

const ADDRESS = ["realmId", "locale"];

const pathOf = (where: Properties): string => fill("/{realmId}/localization/{locale}", where);

async function read({ client, signal }: Context<Connection>, where: Properties): Promise<Found | undefined> {
  const rest = client.rest(signal);
  const texts = await rest.find(pathOf(where));
  if (texts === undefined) return undefined;
  const id = addressId(where, ADDRESS);
  return { id, state: { id, ...pick(where, ADDRESS), texts } };
}

/** One after the other: Keycloak keeps a language's texts as one value, and loses one of two changes at once. */
async function remove(rest: Rest, where: Properties, keys: readonly string[]): Promise<void> {
  for (const key of keys) await rest.remove(pathOf(where) + fill("/{key}", { key }));
}

async function write(context: Context<Connection>, inputs: Properties): Promise<Found> {
  const rest = context.client.rest(context.signal);
  const texts = asObject(inputs["texts"]);
  const current = (await rest.find(pathOf(inputs))) ?? {};
  if (Object.keys(texts).length > 0) await rest.post(pathOf(inputs), texts);
  const surplus = Object.keys(current).filter((key) => !(key in texts));
  await remove(rest, inputs, surplus);
  const found = await read(context, inputs);
  if (found === undefined) throw new Error(`realm ${asText(inputs["realmId"])} is gone from keycloak`);
  return found;
}

/** A realm's own texts in a language. */
export const realmLocalization: ResourceType<Connection> = {
  create: write,
  read: (context, id, state) => read(context, locate({ address: ADDRESS, importId: ADDRESS }, id, state)),
  update: (context, _id, _state, inputs) => write(context, inputs),
  delete: ({ client, signal }, _id, state) =>
    remove(client.rest(signal), state, Object.keys(asObject(state["texts"]))),
};
