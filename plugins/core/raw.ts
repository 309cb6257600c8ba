/**
 * Between Pulumi's form of a value and Terraform's: in Terraform's, every property is there (null where unset),
 * single objects stand in a list, blocks are never null and sets are sorted. Names stay Pulumi's.
 */
import { UNKNOWN, type Properties, type Value } from "./definition.ts";
import type { ListType, ObjectType, Type } from "./schema.ts";
import { sortSet } from "./sets.ts";
import { isObject } from "./values.ts";

/** How a null single object that is no block is to be read. */
type NullSingle = (path: readonly (string | number)[]) => null | [];

const staysNull: NullSingle = () => null;

/** Terraform's form. `nullSingle` says whether a single object that is null was null or an empty list there. */
export function raise(type: ObjectType, value: Properties, nullSingle: NullSingle = staysNull): Properties {
  return raiseObject(type, value, nullSingle, []);
}

function raiseObject(
  type: ObjectType,
  value: Properties,
  nullSingle: NullSingle,
  path: readonly (string | number)[],
): Properties {
  return Object.fromEntries(
    type.properties.map(({ name, type: of }) => [
      name,
      raiseValue(of, value[name] ?? null, nullSingle, [...path, name]),
    ]),
  );
}

function raiseValue(
  type: Type,
  value: Value,
  nullSingle: NullSingle,
  path: readonly (string | number)[],
): Value {
  if (value === UNKNOWN) return value;
  switch (type.kind) {
    case "list":
    case "set":
      return raiseList(type, value, nullSingle, path);
    case "object":
      return isObject(value) ? raiseObject(type, value, nullSingle, path) : value;
    case "map":
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [
          key,
          raiseValue(type.element, each, nullSingle, [...path, key]),
        ]),
      );
    default:
      return value;
  }
}

function raiseList(
  type: ListType,
  value: Value,
  nullSingle: NullSingle,
  path: readonly (string | number)[],
): Value {
  if (value === null) return type.block ? [] : type.single ? nullSingle(path) : null;
  const elements = Array.isArray(value) ? value : [value];
  const raised = elements.map((each, at) => raiseValue(type.element, each, nullSingle, [...path, at]));
  return type.kind === "set" ? sortSet(type.element, raised) : raised;
}

/** Pulumi's form. */
export function lower(type: ObjectType, raw: Properties): Properties {
  return Object.fromEntries(
    type.properties.map(({ name, type: of }) => [name, lowerValue(of, raw[name] ?? null)]),
  );
}

export function lowerValue(type: Type, raw: Value): Value {
  if (raw === UNKNOWN) return raw;
  switch (type.kind) {
    case "list":
    case "set": {
      if (!Array.isArray(raw)) return raw;
      const lowered = raw.map((each) => lowerValue(type.element, each));
      return type.single ? (lowered[0] ?? null) : lowered;
    }
    case "object":
      return isObject(raw) ? lower(type, raw) : raw;
    case "map":
      if (!isObject(raw)) return raw;
      return Object.fromEntries(
        Object.entries(raw).map(([key, each]) => [key, lowerValue(type.element, each)]),
      );
    default:
      return raw;
  }
}
