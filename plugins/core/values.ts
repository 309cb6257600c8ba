/** Small questions about values that every file of this folder asks. */
import { UNKNOWN, type Properties, type Value } from "./definition.ts";

export function isObject(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Null, false, 0, "", [] or {}: what Terraform's SDK takes for "not set". */
export function isZero(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Whether no part of it awaits an apply. */
export function isKnown(value: Value): boolean {
  if (value === UNKNOWN) return false;
  if (Array.isArray(value)) return value.every(isKnown);
  return !isObject(value) || Object.values(value).every(isKnown);
}

/** Deep equality; unlike JSON's it does not mind the order of keys. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((each, at) => equal(each, b[at] ?? null));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && equal(a[key] ?? null, b[key] ?? null));
}

/** Keys by which the bridge keeps its own data among properties. */
export const DEFAULTS = "__defaults";
export const META = "__meta";
export const DELTA = "__pulumi_raw_state_delta";

export function isReserved(key: string): boolean {
  return key === DEFAULTS || key === META || key === DELTA;
}

/** The properties of `from` that `names` has too. */
export function pick(from: Properties, names: Properties): Properties {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name in names));
}
