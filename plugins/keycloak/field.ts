import type { Properties, ResourceType, Shape, Value } from "../core/definition.ts";
import { UNKNOWN } from "../core/definition.ts";
import { isObject, isZero } from "../core/values.ts";
import * as codecs from "./codec.ts";
import type { Codec } from "./codec.ts";
import { asObject, asText } from "./value.ts";

/**
 * The mapping table between the properties of a resource type and the representation Keycloak keeps: a row per
 * property, with the few facts about it that the official schema leaves out.
 */
export interface Options {
  /** Sent on creation for a silent program, where Keycloak would otherwise choose. @default the codec's */
  readonly initial?: Value;
  /** Filled in during check. Zero values (`false`, `0`, `""`) are not listed: silence means them. */
  readonly default?: Value;
  /** The default is not filled in during check, as the property is deprecated or its default has another type. */
  readonly quiet?: boolean;
  /** Optional + Computed: the server's value stays while the program is silent. */
  readonly kept?: boolean;
  /** Neither changed nor reported as changed while the program is silent. */
  readonly silent?: boolean;
  /** A list whose order means nothing. */
  readonly set?: boolean;
  /** Never read back: the server masks it, or the official plugin does not look. The state keeps the program's. */
  readonly hidden?: boolean;
  /** The values Keycloak knows, for an early and clear refusal. */
  readonly oneOf?: readonly string[];
  /** Whether two values mean the same to Keycloak. */
  readonly same?: (old: Value, next: Value) => boolean;
}

/** One property at one place. */
export interface Leaf extends Options {
  /** The keys down to the place, such as `["config", "claim.name"]`. */
  readonly at: readonly string[];
  readonly codec: Codec;
}

/** A nested object whose fields have their own places in the same representation. */
export interface Block extends Options {
  /** Token of the nested type. */
  readonly type: string;
  readonly fields: Fields;
  /** A flag in the representation that says whether the block is there. */
  readonly on?: Leaf;
  /** Whether the server has it, where no flag says so. `prior` is the block in the state. */
  present?(rep: Properties, prior: Value): boolean;
  /** What an update sends for a block taken away, besides the flag. */
  readonly cleared?: Properties;
}

/** Keys of a map in the representation that have no property of their own; only those the program names count. */
export interface Extra extends Options {
  readonly extra: string;
  /** Keycloak merges the map, and forgets a key when it is sent empty. @default it replaces the map */
  readonly merged?: boolean;
}

/** A property that steers the plugin itself: Keycloak never hears of it. */
export interface Local extends Options {
  /** What the state holds for a silent program. */
  readonly otherwise: Value;
  /** The state never holds it, and a difference in it means nothing. */
  readonly writeOnly?: boolean;
}

export type Field = Leaf | Block | Extra | Local;
export type Fields = Readonly<Record<string, Field>>;

type Maker = (key: string, options?: Options) => Leaf;

function maker(prefix: readonly string[], codec: Codec): Maker {
  return (key, options = {}) => ({ at: [...prefix, key], codec, ...options });
}

/** Fields with JSON's own types, at the top of the representation or in an object of it. */
export function native(...prefix: readonly string[]) {
  return {
    text: maker(prefix, codecs.text),
    optionalText: maker(prefix, codecs.optionalText),
    flag: maker(prefix, codecs.flag),
    integer: maker(prefix, codecs.integer),
    seconds: (key: string, options?: Options): Leaf =>
      maker(prefix, codecs.seconds)(key, { same: codecs.sameDuration, ...options }),
    list: maker(prefix, codecs.list),
    stringMap: maker(prefix, codecs.stringMap),
    multiMap: (key: string, options?: Options): Leaf =>
      maker(prefix, codecs.multiMap)(key, { same: codecs.sameValues, ...options }),
  };
}

/** Fields in a map whose values are all strings. `wrap` is how each of them is packed. */
export function quoted(map: string, wrap: (codec: Codec) => Codec = (codec) => codec) {
  const at = (codec: Codec): Maker => maker([map], wrap(codec));
  return {
    text: at(codecs.text),
    optionalText: at(codecs.optionalText),
    flag: at(codecs.quotedFlag),
    integer: at(codecs.quotedInteger),
    milliseconds: (key: string, options?: Options): Leaf =>
      at(codecs.quotedMilliseconds)(key, { same: codecs.sameDuration, ...options }),
    joined: (key: string, separator: string, options?: Options): Leaf =>
      at(codecs.joined(separator))(key, options),
    jsonList: at(codecs.jsonList),
    as: (codec: Codec, key: string, options?: Options): Leaf => at(codec)(key, options),
  };
}

/** Fields in the configuration of a component, where each value is a list of one. */
export function component() {
  return quoted("config", ({ initial, ...codec }) => ({
    ...codec,
    ...(initial === undefined ? {} : { initial: [initial] }),
    encode: (value) => [codec.encode(value)],
    decode: (raw) => codec.decode(Array.isArray(raw) ? raw[0] : undefined),
    cleared: [codec.cleared],
  }));
}

/** The value at a place of a representation. */
export function dig(rep: Properties, at: readonly string[]): Value | undefined {
  let here: Value | undefined = rep;
  for (const key of at) {
    if (!isObject(here)) return undefined;
    here = here[key];
  }
  return here;
}

function bury(rep: Properties, at: readonly string[], value: Value): void {
  let here = rep;
  for (const key of at.slice(0, -1)) {
    const next: Value | undefined = here[key];
    here = isObject(next) ? next : (here[key] = {});
  }
  here[at.at(-1) ?? ""] = value;
}

/**
 * Writes what the program says into `rep`, and nothing else: an update leaves alone what the program does not
 * name, except what the state shows and the program has dropped.
 * @param state absent on creation
 */
export function encode(
  fields: Fields,
  inputs: Properties,
  state: Properties | undefined,
  rep: Properties,
): void {
  for (const [name, field] of Object.entries(fields)) {
    if ("otherwise" in field) continue;
    const value = inputs[name] ?? null;
    if ("extra" in field) encodeExtra(field, asObject(value), asObject(state?.[name]), rep);
    else if (value !== null) encodeGiven(field, value, rep);
    else if (state === undefined) {
      const initial = "at" in field ? (field.initial ?? field.codec.initial) : undefined;
      if ("at" in field && initial !== undefined) bury(rep, field.at, initial);
    } else if (field.kept !== true && field.silent !== true && !isZero(state[name])) {
      encodeCleared(field, rep);
    }
  }
}

function encodeGiven(field: Leaf | Block, value: Exclude<Value, null>, rep: Properties): void {
  if ("at" in field) {
    bury(rep, field.at, field.codec.encode(value));
    return;
  }
  if (field.on !== undefined) encodeGiven(field.on, true, rep);
  // A nested block is written whole: what it leaves out is what its fields say a silent program means.
  const nothing = Object.fromEntries(Object.keys(field.fields).map((name) => [name, UNKNOWN]));
  encode(field.fields, asObject(value), nothing, rep);
}

function encodeCleared(field: Leaf | Block, rep: Properties): void {
  if ("at" in field) {
    bury(rep, field.at, field.codec.cleared);
    return;
  }
  if (field.on !== undefined) encodeCleared(field.on, rep);
  Object.assign(rep, field.cleared);
}

function encodeExtra(field: Extra, given: Properties, old: Properties, rep: Properties): void {
  const dropped = Object.keys(old).filter((key) => !(key in given));
  const held = asObject(rep[field.extra]);
  const rest = Object.fromEntries(Object.entries(held).filter(([key]) => !dropped.includes(key)));
  const blank = field.merged === true ? Object.fromEntries(dropped.map((key) => [key, ""])) : {};
  const map = { ...rest, ...blank, ...given };
  if (field.extra in rep || Object.keys(map).length > 0) rep[field.extra] = map;
}

/** The properties of a representation. `prior` is what the program or the last state said. */
export function decode(fields: Fields, rep: Properties, prior: Properties): Properties {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, decodeField(field, rep, prior[name] ?? null)]),
  );
}

function decodeField(field: Field, rep: Properties, prior: Value): Value {
  if ("otherwise" in field) return field.writeOnly === true ? field.otherwise : (prior ?? field.otherwise);
  if (field.hidden === true) return prior;
  if ("at" in field) return field.codec.decode(dig(rep, field.at));
  if ("extra" in field) {
    const held = asObject(rep[field.extra]);
    return Object.fromEntries(
      Object.keys(asObject(prior)).flatMap((key): [string, Value][] =>
        isZero(held[key]) ? [] : [[key, held[key] ?? null]],
      ),
    );
  }
  const there =
    field.on === undefined ? field.present?.(rep, prior) : decodeField(field.on, rep, null) === true;
  return there === false ? null : decode(field.fields, rep, asObject(prior));
}

/** What the program got wrong, by property: an empty list if nothing. */
export function faults(fields: Fields, inputs: Properties): { property: string; reason: string }[] {
  return Object.entries(fields).flatMap(([property, field]) => {
    const value = inputs[property] ?? null;
    if (value === null || value === UNKNOWN) return [];
    if ("fields" in field) {
      return faults(field.fields, asObject(value)).map((fault) => ({
        ...fault,
        property: `${property}.${fault.property}`,
      }));
    }
    const reason =
      ("at" in field ? field.codec.fault?.(value) : undefined) ??
      (field.oneOf?.includes(asText(value)) === false
        ? `expected one of ${field.oneOf.filter((name) => name !== "").join(", ")}, got ${JSON.stringify(value)}`
        : undefined);
    return reason === undefined ? [] : [{ property, reason }];
  });
}

/** What core must know about the fields, as it wants it. */
export function shapeOf(fields: Fields): Shape & Pick<ResourceType<never>, "nested"> {
  const rows = Object.entries(fields);
  const having = (fact: (field: Field) => boolean | undefined): string[] =>
    rows.flatMap(([name, field]) => (fact(field) === true ? [name] : []));
  const defaults = rows.flatMap(([name, field]): [string, Value][] =>
    field.default === undefined ? [] : [[name, field.default]],
  );
  const nested: Record<string, Shape> = {};
  for (const [, field] of rows) {
    if (!("fields" in field)) continue;
    const { nested: deeper, ...shape } = shapeOf(field.fields);
    const computed = Object.keys(field.fields).filter((name) => field.fields[name]?.kept === true);
    Object.assign(nested, deeper, { [field.type]: { ...shape, computed } });
  }
  return {
    sets: having(({ set }) => set),
    quiet: having(({ quiet }) => quiet),
    defaults: Object.fromEntries(defaults),
    nested,
  };
}

/** Whether a difference in a property means nothing to Keycloak. */
export function isSuppressed(
  fields: Fields,
  property: string,
  old: Value,
  next: Value,
  inputs: Properties,
): boolean {
  const field = fields[property];
  if (field === undefined) return false;
  if ("otherwise" in field && field.writeOnly === true) return true;
  if (field.silent === true && (inputs[property] ?? null) === null) return true;
  return field.same?.(old, next) === true;
}
