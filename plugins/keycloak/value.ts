/** Reading representations, whose parts may be absent or of any type. */
import type { Properties, Value } from "../core/definition.ts";
import { isObject } from "../core/values.ts";

/** `""` where there is nothing. */
export function asText(value: Value | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `{}` where there is none. */
export function asObject(value: Value | undefined): Properties {
  return isObject(value) ? value : {};
}

/** `[]` where there is none. */
export function asObjects(value: Value | undefined): Properties[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** `[]` where there is none. */
export function asTexts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(asText) : [];
}

/** Null, absent or `""`: what a program leaves out and what Keycloak does not have. */
export function isBlank(value: Value | undefined): boolean {
  return value === undefined || value === null || value === "";
}

/** The ID Keycloak gave to what it represents. */
export function idOf(rep: Properties | undefined): string | undefined {
  return isBlank(rep?.["id"]) ? undefined : asText(rep?.["id"]);
}
