/** Reading checked inputs and engine answers. */
import type { Properties, Value } from "../core/definition.ts";
import { isObject } from "../core/values.ts";

/** The text, or "" where it is unset. */
export function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The number, or 0 where it is unset. */
export function number(value: Value | undefined): number {
  return typeof value === "number" ? value : 0;
}

export function texts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** The elements of a list or set of objects. */
export function blocks(value: Value | undefined): Properties[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A map of texts. */
export function textMap(value: Value | undefined): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, text(each)]));
}

/** Docker's map of labels, from the list in which Terraform keeps them. */
export function labelsToMap(value: Value | undefined): Record<string, string> {
  return Object.fromEntries(blocks(value).map(({ label, value: of }) => [text(label), text(of)]));
}

/** Terraform's list of labels, from Docker's map. */
export function labelsFromMap(labels: Readonly<Record<string, string>> | null | undefined): Value {
  return Object.entries(labels ?? {}).map(([label, value]) => ({ label, value }));
}

/** `value` without the properties that are unset to Terraform's SDK: null, "", 0, false and empty ones. */
export function givenOnly<Body extends object>(body: Body): Partial<Body> {
  const isGiven = (value: unknown): boolean => {
    if (value === undefined || value === null || value === "" || value === 0 || value === false) return false;
    return typeof value !== "object" || Object.keys(value).length > 0;
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => isGiven(value))) as Partial<Body>;
}
