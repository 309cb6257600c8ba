/**
 * What a resource will be after an apply, as Terraform's SDKv2 plans it: values in Terraform's form (raw.ts),
 * UNKNOWN where only the service can say.
 */
import { UNKNOWN, type Properties, type Value } from "./definition.ts";
import type { ListType, ObjectType, Property, Type } from "./schema.ts";
import { equivalent, sortSet } from "./sets.ts";
import { isKnown, isObject, isZero } from "./values.ts";

export interface PlanOptions {
  /** Whether a difference in a top-level property means nothing. `old` and `next` are in Terraform's form. */
  readonly suppress?: (property: Property, old: Value, next: Value) => boolean;
}

/** The planned state of a resource that does not exist yet. */
export function planCreate(type: ObjectType, config: Properties): Properties {
  return planObject(type, undefined, config, false);
}

/** The planned state of a resource that exists; the prior state itself where nothing changes. */
export function planUpdate(
  type: ObjectType,
  prior: Properties,
  config: Properties,
  options: PlanOptions = {},
): Properties {
  const planned = planObject(type, prior, config, false);
  for (const property of type.properties) {
    const old = prior[property.name] ?? null;
    const next = planned[property.name] ?? null;
    if (!equivalent(property.type, old, next) && options.suppress?.(property, old, next) === true)
      planned[property.name] = old;
  }
  return equivalent(type, prior, planned) ? prior : planned;
}

function planObject(
  type: ObjectType,
  prior: Properties | undefined,
  config: Properties,
  inSet: boolean,
): Properties {
  return Object.fromEntries(
    type.properties.map((property) => [
      property.name,
      planProperty(property, prior?.[property.name], config[property.name] ?? null, inSet),
    ]),
  );
}

/** `prior` is undefined where the object around it is new. */
function planProperty(property: Property, prior: Value | undefined, config: Value, inSet: boolean): Value {
  if (config === null && property.computed) return prior === undefined ? UNKNOWN : prior;
  const wanted = config ?? property.default ?? null;
  return planValue(property.type, prior ?? null, wanted, inSet);
}

function planValue(type: Type, prior: Value, config: Value, inSet: boolean): Value {
  if (config === UNKNOWN) return UNKNOWN;
  switch (type.kind) {
    case "list":
    case "set":
      return planList(type, prior, config, inSet);
    case "object":
      if (!isObject(config)) return config;
      return planObject(type, isObject(prior) ? prior : undefined, config, inSet);
    case "map":
      if (isZero(config)) return isZero(prior) ? prior : {};
      return config;
    case "string":
      // The SDK writes every string of a new set element, nothing else that is unset.
      if (config === null && inSet) return "";
      return config === null && isZero(prior) ? prior : config;
    default:
      return config === null && isZero(prior) ? prior : config;
  }
}

function planList(type: ListType, prior: Value, config: Value, inSet: boolean): Value {
  if (isZero(config)) return isZero(prior) ? (inSet || type.block ? (prior ?? []) : prior) : [];
  if (!Array.isArray(config)) return config;
  const before = Array.isArray(prior) ? prior : [];
  if (type.kind === "set") return planSet(type, before, config);
  if (type.element.kind !== "object") return config;
  return config.map((each, at) => planValue(type.element, before[at] ?? null, each, inSet));
}

/** A set is either what it was or made anew: its elements have no identity beyond their value. */
function planSet(type: ListType, prior: Value[], config: Value[]): Value {
  const elements = config.map((each) => planValue(type.element, null, each, true));
  const settled = elements.map((each, at) => settle(type.element, each, prior[at] ?? null));
  if (prior.length > 0 && equivalent(type, prior, settled)) return prior;
  return sortSet(type.element, elements);
}

/** An element whose computed parts are taken from `prior`, to see whether they are all that differs. */
function settle(type: Type, planned: Value, prior: Value): Value {
  if (type.kind !== "object" || !isObject(planned) || !isObject(prior) || isKnown(planned)) return planned;
  return Object.fromEntries(
    type.properties.map(({ name, computed }) => {
      const value = planned[name] ?? null;
      return [name, computed && value === UNKNOWN ? (prior[name] ?? null) : value];
    }),
  );
}

/**
 * The state after an apply: what the service answered, except where that and the plan differ only in null against
 * empty, and for sets that were fully planned, which Terraform takes as they were planned.
 */
export function settleApplied(type: ObjectType, found: Properties, planned: Properties): Properties {
  return normalizeObject(type, found, planned, true);
}

/** The state after a read: an empty string the service no longer tells stays. */
export function settleRead(type: ObjectType, found: Properties, prior: Properties): Properties {
  return normalizeObject(type, found, prior, false);
}

function normalizeObject(
  type: ObjectType,
  found: Properties,
  source: Properties,
  applied: boolean,
): Properties {
  return Object.fromEntries(
    type.properties.map(({ name, type: of }) => [
      name,
      normalize(of, found[name] ?? null, source[name] ?? null, applied),
    ]),
  );
}

function normalize(type: Type, found: Value, source: Value, applied: boolean): Value {
  if (source === UNKNOWN) return found;
  const collection = type.kind === "list" || type.kind === "set" || type.kind === "map";
  if (collection && applied && isZero(found) && isZero(source)) return source;
  if (source === null) return found;
  switch (type.kind) {
    case "string":
      return found === null && source === "" ? source : found;
    case "set":
      return applied && isKnown(source) ? source : found;
    case "list":
      if (!Array.isArray(found) || !Array.isArray(source) || found.length !== source.length) return found;
      return found.map((each, at) => normalize(type.element, each, source[at] ?? null, applied));
    case "object":
      return isObject(found) && isObject(source) ? normalizeObject(type, found, source, applied) : found;
    default:
      return found;
  }
}
