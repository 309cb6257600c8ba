/** Reading checked inputs and states. */
import type { Properties, Value } from "../core/definition.ts";
import { equal, isZero } from "../core/values.ts";

/** The text, or "" where it is unset. */
export function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The elements of a list or set of texts. */
export function texts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** What is wrong with a property, for a person. */
export interface Fault {
  readonly property: string;
  readonly reason: string;
}

/** A fault where the number is smaller than `least`. */
export function atLeast(least: number, property: string, inputs: Properties): Fault[] {
  const value = inputs[property];
  if (typeof value !== "number" || value >= least) return [];
  return [{ property, reason: `must be ${least} or more, got ${value}` }];
}

/** Whether `next` says something else of `name` than `old`; unset is the same as zero, as in Terraform. */
export function isChanged(name: string, old: Properties, next: Properties): boolean {
  const [before, after] = [old[name] ?? null, next[name] ?? null];
  return !(isZero(before) && isZero(after)) && !equal(before, after);
}
