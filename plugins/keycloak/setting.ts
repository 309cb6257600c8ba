import type { Context, Found, Properties, ResourceType } from "../core/definition.ts";
import type { Connection } from "./connection.ts";
import { addressId, fill, locate, pick } from "./entity.ts";
import type { Path } from "./entity.ts";
import { decode, encode, faults, isSuppressed, shapeOf } from "./field.ts";
import type { Fields } from "./field.ts";

/**
 * A type that is a part of something always there, such as a realm's event settings: creating it is the first
 * `PUT`, deleting it puts it back.
 */
export interface Setting extends Pick<ResourceType<Connection>, "autoName" | "nested" | "renamed" | "sets"> {
  /** Properties that say where it lives; the ID is them, joined with slashes. */
  readonly address: readonly string[];
  readonly path: Path;
  readonly fields: Fields;
  /** Whether `PUT` takes away what the request leaves out. @default false */
  readonly carry?: boolean;
  /** What is sent on deletion; absent where the thing itself can be deleted. */
  readonly reset?: Properties;
  /** Last changes to what is sent. */
  prepare?(rep: Properties, inputs: Properties): void;
  /** Makes the thing be there, where it may be missing. */
  ensure?(context: Context<Connection>, inputs: Properties): Promise<void>;
  /** Properties the rows cannot express. */
  extend?(rep: Properties, prior: Properties): Properties;
}

async function read(
  row: Setting,
  context: Context<Connection>,
  where: Properties,
  prior: Properties,
): Promise<Found | undefined> {
  const rep = await context.client.rest(context.signal).find(fill(row.path, where));
  if (rep === undefined) return undefined;
  const id = addressId(where, row.address);
  const address = pick(where, row.address);
  return { id, state: { id, ...address, ...decode(row.fields, rep, prior), ...row.extend?.(rep, prior) } };
}

async function write(
  row: Setting,
  context: Context<Connection>,
  inputs: Properties,
  state: Properties | undefined,
): Promise<Found> {
  const rest = context.client.rest(context.signal);
  const path = fill(row.path, inputs);
  const rep = (row.carry === true ? await rest.find(path) : undefined) ?? {};
  encode(row.fields, inputs, state, rep);
  row.prepare?.(rep, inputs);
  await rest.put(path, rep);
  const found = await read(row, context, inputs, inputs);
  if (found === undefined) throw new Error(`realms${path} is gone from keycloak; run pulumi refresh first`);
  return found;
}

/** The handlers and facts that core wants, made from a row. */
export function setting(row: Setting): ResourceType<Connection> {
  const { fields, address } = row;
  return {
    ...shapeOf(fields),
    ...(row.autoName === undefined ? {} : { autoName: row.autoName }),
    ...(row.nested === undefined ? {} : { nested: row.nested }),
    ...(row.sets === undefined ? {} : { sets: row.sets }),
    ...(row.renamed === undefined ? {} : { renamed: row.renamed }),
    validate: (inputs) => faults(fields, inputs),
    suppress: (property, old, next, inputs) => isSuppressed(fields, property, old, next, inputs),
    create: async (context, inputs) => {
      await row.ensure?.(context, inputs);
      return write(row, context, inputs, undefined);
    },
    read: (context, id, state) =>
      read(row, context, locate({ address, importId: address }, id, state), state),
    update: (context, _id, state, inputs) => write(row, context, inputs, state),
    delete: async (context, _id, state) => {
      const rest = context.client.rest(context.signal);
      const path = fill(row.path, state);
      if (row.reset === undefined) await rest.remove(path);
      else if ((await rest.find(path)) !== undefined) await rest.put(path, row.reset);
    },
  };
}
