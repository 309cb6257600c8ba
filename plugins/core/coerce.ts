/** Brings a program's values to the types of the schema and says what does not fit. */
import { UNKNOWN, type Properties, type Value } from "./definition.ts";
import type { ListType, ObjectType, Type } from "./schema.ts";
import { isObject, isReserved } from "./values.ts";

/** One fault of an input: where, and in one sentence what was received and what is allowed. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** The values in their types, without nulls; faults are added to `failures`. */
export function coerce(type: ObjectType, values: Properties, failures: Failure[]): Properties {
  return coerceObject(type, values, "", failures);
}

function coerceObject(type: ObjectType, values: Properties, path: string, failures: Failure[]): Properties {
  const coerced: Properties = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === null || isReserved(name)) continue;
    const property = type.byName.get(name);
    const at = join(path, name);
    if (property?.input === true) coerced[name] = coerceValue(property.type, value, at, failures);
    else failures.push({ property: at, reason: `${at} is not a property here; allowed: ${allowed(type)}` });
  }
  for (const { name, required } of type.properties) {
    if (!required || name in coerced) continue;
    const at = join(path, name);
    failures.push({ property: at, reason: `${at} is missing; give it a value` });
  }
  return coerced;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function allowed(type: ObjectType): string {
  return type.properties
    .filter((each) => each.input)
    .map((each) => each.name)
    .sort()
    .join(", ");
}

function coerceValue(type: Type, value: Value, path: string, failures: Failure[]): Value {
  if (value === UNKNOWN) return value;
  switch (type.kind) {
    case "list":
    case "set":
      return coerceList(type, value, path, failures);
    case "object":
      return isObject(value)
        ? coerceObject(type, value, path, failures)
        : refuse(path, value, "an object", failures);
    case "map":
      return coerceMap(type.element, value, path, failures);
    case "string":
      if (typeof value === "string") return value;
      if (typeof value === "number" || typeof value === "boolean") return String(value);
      return refuse(path, value, "a string", failures);
    case "boolean":
      if (typeof value === "boolean") return value;
      if (value === "true" || value === "false") return value === "true";
      return refuse(path, value, "true or false", failures);
    default:
      return coerceNumber(type.kind, value, path, failures);
  }
}

function coerceNumber(kind: "integer" | "number", value: Value, path: string, failures: Failure[]): Value {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (
    typeof number === "number" &&
    (kind === "number" ? Number.isFinite(number) : Number.isSafeInteger(number))
  )
    return number;
  return refuse(path, value, kind === "number" ? "a number" : "a whole number", failures);
}

function coerceList(type: ListType, value: Value, path: string, failures: Failure[]): Value {
  if (type.single) {
    const only = Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value;
    return coerceValue(type.element, only, path, failures);
  }
  const elements = Array.isArray(value) ? value : [value];
  return elements.map((each, at) => coerceValue(type.element, each, `${path}[${String(at)}]`, failures));
}

function coerceMap(element: Type, value: Value, path: string, failures: Failure[]): Value {
  if (!isObject(value)) return refuse(path, value, "an object", failures);
  const entries = Object.entries(value).filter(([key, each]) => each !== null && !isReserved(key));
  return Object.fromEntries(
    entries.map(([key, each]) => [
      key,
      coerceValue(element, each, `${path}[${JSON.stringify(key)}]`, failures),
    ]),
  );
}

function refuse(path: string, value: Value, wanted: string, failures: Failure[]): Value {
  failures.push({ property: path, reason: `${path} is ${describe(value, wanted)}; allowed: ${wanted}` });
  return value;
}

/** Text is shown only in the place of a number or a switch: elsewhere it could be a secret. */
function describe(value: Value, wanted: string): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  if (typeof value === "string" && !/number|true/.test(wanted)) return "a string";
  return JSON.stringify(value);
}
