/** How a resource is written to Pulumi's state, so that the official plugins read it as their own. */
import type { Found, Properties, ResourceType, Value } from "./definition.ts";
import { lower, raise } from "./raw.ts";
import { snakeCase, type ObjectType, type Type } from "./schema.ts";
import { wrapSecret } from "./secrets.ts";
import { DELTA, isKnown, isObject, META } from "./values.ts";

/** Under this key Terraform keeps a resource's timeouts in its private state. */
const TIMEOUTS = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0";

const NANOSECONDS = 1_000_000_000;

/** What is remembered of how Terraform's form differs from Pulumi's; one of the keys, or none. */
type Delta = Record<string, Value>;

/** A resource's outputs. `raw` is its state in Terraform's form; `meta` stays where given (see `metaOf`). */
export function outputs<Client>(
  definition: ResourceType<Client>,
  type: ObjectType,
  id: string,
  raw: Properties,
  meta: string | undefined,
): Properties {
  const lowered = lower(type, raw);
  const shown = definition.framework === true ? withoutNulls(lowered) : lowered;
  return {
    ...shown,
    ...(definition.withoutIdOutput === true ? {} : { id }),
    ...(meta === undefined ? {} : { [META]: meta }),
    // Nothing is remembered of a preview: its unknown values have no Terraform form.
    ...(isKnown(raw) ? { [DELTA]: objectDelta(type, raw, shown) } : {}),
  };
}

/** A state written by us or by the official plugin, in Terraform's form. */
export function readState(type: ObjectType, state: Properties): Properties {
  const delta = state[DELTA];
  return raise(type, state, (path) => (isPluralized(delta, path) ? [] : null));
}

/** A handler's answer in Terraform's form. Singles that are no blocks and null are empty only after a read. */
export function raiseFound(type: ObjectType, found: Found, afterRead: boolean): Properties {
  return raise(type, found.state, () => (afterRead ? [] : null));
}

function withoutNulls(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

/** Seconds the operator allows for one operation, instead of the type's own. */
export interface TimeoutOverride {
  readonly operation: "create" | "update";
  readonly seconds: number;
}

/** The private state that Terraform keeps beside the properties. */
export function metaOf<Client>(
  definition: ResourceType<Client>,
  override?: TimeoutOverride,
): string | undefined {
  const { schemaVersion, timeouts: own } = definition.meta ?? {};
  const timeouts =
    own !== undefined && override !== undefined
      ? { ...own, [override.operation]: override.seconds * NANOSECONDS }
      : own;
  const content = {
    ...(timeouts === undefined ? {} : { [TIMEOUTS]: sorted(timeouts) }),
    ...(schemaVersion === undefined ? {} : { schema_version: String(schemaVersion) }),
  };
  return Object.keys(content).length === 0 ? undefined : JSON.stringify(content);
}

function sorted(record: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function objectDelta(type: ObjectType, raw: Properties, shown: Properties): Delta {
  const parts: Properties = {};
  const renamed: Properties = {};
  for (const { name, terraformName, type: of } of type.properties) {
    if (snakeCase(name) !== terraformName) renamed[name] = terraformName;
    const value = raw[name] ?? null;
    // Raw values in a delta could give away a secret, so they always are one.
    const part = name in shown ? deltaOf(of, value) : wrapSecret({ replace: { raw: value } });
    if (Object.keys(part).length > 0) parts[name] = part;
  }
  return {
    obj: {
      ...(Object.keys(parts).length > 0 ? { ps: parts } : {}),
      ...(Object.keys(renamed).length > 0 ? { renamed } : {}),
    },
  };
}

function deltaOf(type: Type, raw: Value): Delta {
  if (raw === null) return {};
  switch (type.kind) {
    case "object":
      return isObject(raw) ? objectDelta(type, raw, raw) : {};
    case "map":
      return isObject(raw) ? { map: elementDeltas(Object.entries(raw), type.element) } : {};
    case "list":
    case "set":
      if (!Array.isArray(raw)) return {};
      if (type.single) return { plu: { i: raw[0] === undefined ? {} : deltaOf(type.element, raw[0]) } };
      return { arr: elementDeltas(raw.entries(), type.element) };
    default:
      return {};
  }
}

function elementDeltas(elements: Iterable<[string | number, Value]>, type: Type): Delta {
  const deltas: Properties = {};
  for (const [key, value] of elements) {
    const delta = deltaOf(type, value);
    if (Object.keys(delta).length > 0) deltas[String(key)] = delta;
  }
  return Object.keys(deltas).length > 0 ? { el: deltas } : {};
}

/** Whether a null at `path` stood for an empty list when `delta` was written. */
function isPluralized(delta: Value | undefined, path: readonly (string | number)[]): boolean {
  let at = delta;
  for (const step of path) at = inner(at, step);
  return isObject(at) && "plu" in at;
}

function inner(delta: Value | undefined, step: string | number): Value | undefined {
  if (!isObject(delta)) return undefined;
  if (isObject(delta.plu)) return delta.plu.i;
  const [holder, key] = isObject(delta.obj) ? [delta.obj, "ps"] : [delta.arr ?? delta.map, "el"];
  const parts = isObject(holder) ? holder[key] : undefined;
  return isObject(parts) ? parts[String(step)] : undefined;
}
