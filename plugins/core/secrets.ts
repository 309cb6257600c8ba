/** Secrets as they stand among properties on Pulumi's wire. */
import type { Properties, Value } from "./definition.ts";
import type { ObjectType } from "./schema.ts";
import { isObject } from "./values.ts";

/** Under this key a wrapped value says what it is; a secret has its plain value beside it. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Marks `value` as a secret. */
export function wrapSecret(value: Value): Properties {
  return { [SIGNATURE]: SECRET, value };
}

/** Marks what the schema calls a secret; the official plugins do so even where it is null. */
export function markSecrets(type: ObjectType, properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      type.byName.get(name)?.secret === true ? wrapSecret(value) : value,
    ]),
  );
}

/** `value` with its secrets as plain values. */
export function openSecrets(value: Value): Value {
  if (Array.isArray(value)) return value.map(openSecrets);
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === SECRET) return openSecrets(value.value ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, openSecrets(each)]));
}
