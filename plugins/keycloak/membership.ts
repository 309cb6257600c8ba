import type { Context, Found, Properties, ResourceType } from "../core/definition.ts";
import type { Connection, Rest } from "./connection.ts";
import { addressId, locate, pick } from "./entity.ts";
import { asTexts } from "./value.ts";

/** A type that says which members something has: default groups of a realm, roles of a group, scopes of a client. */
export interface Membership {
  /** Properties that say whose members they are. */
  readonly address: readonly string[];
  /** The property with the members, a set of strings. */
  readonly property: string;
  /** Properties besides it that steer the plugin, with what a silent program means. */
  readonly options?: Properties;
  readonly defaults?: Properties;
  /** @default the address, joined with slashes */
  id?(rest: Rest, where: Properties): Promise<string | undefined>;
  /** @default `id` */
  readonly importId?: readonly string[];
  /** What the members are now, by the names the program uses; `undefined` when their holder is gone. */
  current(rest: Rest, where: Properties): Promise<ReadonlyMap<string, Properties> | undefined>;
  /** The members with these names, for `add`. @throws if there is none */
  resolve(rest: Rest, where: Properties, names: readonly string[]): Promise<ReadonlyMap<string, Properties>>;
  add(rest: Rest, where: Properties, members: readonly Properties[]): Promise<void>;
  remove(rest: Rest, where: Properties, members: readonly Properties[]): Promise<void>;
  /** Whether members that the program does not name are left alone. @default false */
  tolerant?(inputs: Properties): boolean;
}

async function read(
  row: Membership,
  rest: Rest,
  where: Properties,
  prior: Properties,
): Promise<Found | undefined> {
  const [current, id] = await Promise.all([
    row.current(rest, where),
    row.id?.(rest, where) ?? addressId(where, row.address),
  ]);
  if (current === undefined || id === undefined) return undefined;
  const options = { ...row.options, ...presentOf(prior, Object.keys(row.options ?? {})) };
  const wanted = asTexts(prior[row.property]);
  const all = [...current.keys()].sort();
  const members = row.tolerant?.(options) === true ? all.filter((name) => wanted.includes(name)) : all;
  return { id, state: { id, ...pick(where, row.address), ...options, [row.property]: members } };
}

const presentOf = (from: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(from).filter(([name, value]) => names.includes(name) && value !== null));

/** Adds before it takes away, so that nobody is without the members both lists share, and a failure loses nothing. */
async function reconcile(
  row: Membership,
  context: Context<Connection>,
  inputs: Properties,
  old: readonly string[],
): Promise<Found> {
  const rest = context.client.rest(context.signal);
  const current = await row.current(rest, inputs);
  if (current === undefined) throw gone(row, context.name);
  const wanted = asTexts(inputs[row.property]);
  const surplus = [...current].filter(
    ([name]) => !wanted.includes(name) && (row.tolerant?.(inputs) !== true || old.includes(name)),
  );
  const absent = wanted.filter((name) => !current.has(name));
  const missing = await row.resolve(rest, inputs, absent);
  if (missing.size > 0) await row.add(rest, inputs, [...missing.values()]);
  if (surplus.length > 0) await row.remove(rest, inputs, membersOf(surplus));
  const found = await read(row, rest, inputs, inputs);
  if (found === undefined) throw gone(row, context.name);
  return found;
}

const membersOf = (entries: readonly (readonly [string, Properties])[]): Properties[] =>
  entries.map(([, member]) => member);

const gone = ({ property }: Membership, name: string): Error =>
  new Error(`${name}: what ${property} belongs to is gone from keycloak; run pulumi refresh first`);

/** The handlers and facts that core wants, made from a row. */
export function membership(row: Membership): ResourceType<Connection> {
  return {
    sets: [row.property],
    defaults: row.defaults ?? {},
    create: (context, inputs) => reconcile(row, context, inputs, []),
    read: (context, id, state) => {
      const where = locate({ address: row.address, importId: row.importId ?? row.address }, id, state);
      return read(row, context.client.rest(context.signal), where, state);
    },
    update: (context, _id, state, inputs) => reconcile(row, context, inputs, asTexts(state[row.property])),
    delete: async (context, _id, state) => {
      const rest = context.client.rest(context.signal);
      const mine = asTexts(state[row.property]);
      const left = [...((await row.current(rest, state)) ?? [])].filter(([name]) => mine.includes(name));
      if (left.length > 0) await row.remove(rest, state, membersOf(left));
    },
  };
}
