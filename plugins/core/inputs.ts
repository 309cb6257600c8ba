/** The inputs that stand for a resource's state: after a refresh, and on import. */
import type { Properties, Value } from "./definition.ts";
import type { ObjectType, Type } from "./schema.ts";
import { DEFAULTS, equal, isObject, isZero } from "./values.ts";

/**
 * Old inputs brought up to date with a state that was read: only inputs that were there are, lists element by
 * element, and what changed is no default any more.
 */
export function refreshedInputs(type: ObjectType, inputs: Properties, state: Properties): Properties {
  return refreshObject(type, inputs, state).value as Properties;
}

/** Inputs without lists of defaults that are empty, at any level. */
export function withoutEmptyDefaults(inputs: Properties): Properties {
  const clean = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(clean);
    return isObject(value) ? withoutEmptyDefaults(value) : value;
  };
  const entries = Object.entries(inputs).filter(([key, value]) => key !== DEFAULTS || !isZero(value));
  return Object.fromEntries(entries.map(([key, value]) => [key, clean(value)]));
}

interface Refreshed {
  readonly value: Value;
  /** Nothing changed, so that a default is still one. */
  readonly same: boolean;
}

function refreshObject(type: ObjectType | undefined, inputs: Properties, state: Properties): Refreshed {
  const refreshed: Properties = {};
  const changed = new Set<string>();
  for (const [name, old] of Object.entries(inputs)) {
    if (name === DEFAULTS) continue;
    const next = state[name];
    if (next === undefined) {
      changed.add(name);
      continue;
    }
    const { value, same } = refreshValue(type?.byName.get(name)?.type, old, next);
    refreshed[name] = value;
    if (!same) changed.add(name);
  }
  const defaults = inputs[DEFAULTS];
  if (!Array.isArray(defaults)) return { value: refreshed, same: type !== undefined || changed.size === 0 };
  const kept = defaults.filter((name) => typeof name === "string" && !changed.has(name) && name in inputs);
  return { value: { ...refreshed, [DEFAULTS]: kept }, same: changed.size === 0 };
}

function refreshValue(type: Type | undefined, old: Value, next: Value): Refreshed {
  const inner = type !== undefined && "single" in type && type.single ? type.element : type;
  if (Array.isArray(old) && Array.isArray(next)) {
    const element = inner !== undefined && "element" in inner ? inner.element : undefined;
    const pairs =
      inner?.kind === "set" && element?.kind === "object" ? pairUp(old, next) : inOrder(old, next);
    const parts = pairs.map(([was, is]) => refreshValue(element, was, is));
    const same = pairs.length === old.length && parts.every((each) => each.same);
    return { value: parts.map((each) => each.value), same };
  }
  if (!isObject(old) || !isObject(next)) return { value: next, same: equal(old, next) };
  if (inner?.kind === "object") return refreshObject(inner, old, next);
  return refreshObject(undefined, old, next);
}

function inOrder(old: readonly Value[], next: readonly Value[]): [Value, Value][] {
  return old.slice(0, next.length).map((each, at) => [each, next[at] ?? null]);
}

/** Pairs each old element of a set with the new one most like it, best pairs first. */
function pairUp(old: readonly Value[], next: readonly Value[]): [Value, Value][] {
  const candidates = old.flatMap((was, from) =>
    next.map((is, to) => ({ from, to, likeness: likeness(was, is) })),
  );
  candidates.sort((a, b) => b.likeness - a.likeness);
  const paired = new Map<number, number>();
  const taken = new Set<number>();
  for (const { from, to } of candidates) {
    if (paired.has(from) || taken.has(to)) continue;
    paired.set(from, to);
    taken.add(to);
  }
  return [...old.entries()].flatMap(([from, was]): [Value, Value][] => {
    const to = paired.get(from);
    return to === undefined ? [] : [[was, next[to] ?? null]];
  });
}

/** One point for a property that both have, two more if it is the same: the bridge's own measure. */
function likeness(a: Value, b: Value): number {
  if (!isObject(a) || !isObject(b)) return 0;
  const shared = Object.keys(a).filter((key) => key in b);
  const same = shared.filter((key) => equal(a[key] ?? null, b[key] ?? null));
  return shared.length + 2 * same.length;
}

/** Inputs made from the state of a resource that is imported: all that is required or not a default. */
export function importedInputs(type: ObjectType, state: Properties, withDefaults: boolean): Properties {
  const inputs: Properties = {};
  for (const { name, input, required, type: of, default: byDefault } of type.properties) {
    const value = state[name];
    if (!input || value === undefined) continue;
    const imported = importedValue(of, value, withDefaults);
    const needless = byDefault === undefined ? isNothing(imported) : equal(byDefault, imported);
    if (required || !needless) inputs[name] = imported;
  }
  return withDefaults ? { ...inputs, [DEFAULTS]: [] } : inputs;
}

function importedValue(type: Type, value: Value, withDefaults: boolean): Value {
  if (type.kind === "object") return isObject(value) ? importedInputs(type, value, withDefaults) : value;
  if (type.kind !== "list" && type.kind !== "set") return value;
  if (type.single) return importedValue(type.element, value, withDefaults);
  return Array.isArray(value) ? value.map((each) => importedValue(type.element, each, withDefaults)) : value;
}

function isNothing(value: Value): boolean {
  return isZero(value) || (isObject(value) && Object.keys(value).every((key) => key === DEFAULTS));
}
