/** The detailed difference between a prior and a planned state, as Pulumi's Terraform bridge tells it. */
import { UNKNOWN, type Properties, type Value } from "./definition.ts";
import type { ListType, ObjectType, Property, Type } from "./schema.ts";
import { equivalent } from "./sets.ts";
import { isObject, equal } from "./values.ts";

export type Kind = "add" | "delete" | "update";

export interface Change {
  readonly kind: Kind;
  readonly replaces: boolean;
}

/** Changes by property path, such as `ports[0].internal`. */
export type Changes = Readonly<Record<string, Change>>;

/** Where a comparison stands: its path and what a change here means. */
interface Place {
  readonly path: string;
  /** This property, or the collection it is an element of, replaces. */
  readonly replaces: boolean;
}

/**
 * The changes from `prior` to `planned`, all in Pulumi's form. `inputs` are the new inputs: elements of sets are
 * named by the index they have there.
 */
export function detailedDiff(
  type: ObjectType,
  prior: Properties,
  planned: Properties,
  inputs: Properties,
): Changes {
  const changes: Record<string, Change> = {};
  diffObject(type, { path: "", replaces: false }, prior, planned, inputs, changes);
  return changes;
}

/** The changes at none of the `paths`, nor inside what these name. */
export function without(changes: Changes, paths: readonly string[]): Changes {
  const isNamed = (path: string): boolean =>
    paths.some((each) => path === each || path.startsWith(`${each}.`) || path.startsWith(`${each}[`));
  return Object.fromEntries(Object.entries(changes).filter(([path]) => !isNamed(path)));
}

/** The names of top-level properties in `changes`. */
export function topLevel(changes: Changes, only: (change: Change) => boolean = () => true): string[] {
  const names = Object.entries(changes)
    .filter(([, change]) => only(change))
    .map(([path]) => path.replace(/[.[].*$/s, ""));
  return [...new Set(names)].sort();
}

type Collected = Record<string, Change>;

function diffObject(
  type: ObjectType,
  place: Place,
  old: Properties,
  next: Properties,
  inputs: Value | undefined,
  changes: Collected,
): void {
  for (const property of type.properties) {
    const { name } = property;
    diffValue(
      property.type,
      below(place, property),
      old[name] ?? null,
      next[name] ?? null,
      isObject(inputs) ? inputs[name] : undefined,
      changes,
    );
  }
}

function below(place: Place, property: Property): Place {
  const path = place.path === "" ? property.name : `${place.path}.${property.name}`;
  return { path, replaces: place.replaces || property.replaces };
}

function isPresent(value: Value): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0);
}

function diffValue(
  type: Type,
  place: Place,
  old: Value,
  next: Value,
  inputs: Value | undefined,
  changes: Collected,
): void {
  const [was, is] = [isPresent(old), isPresent(next)];
  if (!was && !is) return;
  if (!was || !is || next === UNKNOWN) {
    const kind = !was ? "add" : !is ? "delete" : "update";
    const replaces =
      place.replaces ||
      (next === UNKNOWN ? false : replacesInside(type, next)) ||
      (was && replacesInside(type, old));
    changes[place.path] = { kind, replaces: next === UNKNOWN ? place.replaces : replaces };
    return;
  }
  const inner = unwrapped(type);
  if (inner.kind === "object" && isObject(old) && isObject(next)) {
    // What a list says of replacing goes for its elements as wholes; a single object stands for its list.
    const replaces = type === inner ? false : place.replaces;
    diffObject(inner, { ...place, replaces }, old, next, inputs, changes);
  } else if (inner.kind === "map" && isObject(old) && isObject(next))
    diffMap(inner.element, place, old, next, changes);
  else if (inner.kind === "set" && Array.isArray(old) && Array.isArray(next))
    diffSet(inner, place, old, next, Array.isArray(inputs) ? inputs : [], changes);
  else if (inner.kind === "list" && Array.isArray(old) && Array.isArray(next))
    diffList(inner, place, old, next, Array.isArray(inputs) ? inputs : [], changes);
  else if (!equal(old, next)) changes[place.path] = { kind: "update", replaces: place.replaces };
}

/** Pulumi shows a single object without the list around it. */
function unwrapped(type: Type): Type {
  return (type.kind === "list" || type.kind === "set") && type.single ? type.element : type;
}

/** Whether a value that comes or goes as a whole carries a property that replaces. */
function replacesInside(type: Type, value: Value): boolean {
  const inner = unwrapped(type);
  if (inner.kind === "object" && isObject(value)) {
    return inner.properties.some((each) => {
      const part = value[each.name] ?? null;
      return part !== null && (each.replaces || replacesInside(each.type, part));
    });
  }
  if ((inner.kind === "list" || inner.kind === "set") && Array.isArray(value))
    return value.some((each) => replacesInside(inner.element, each));
  return false;
}

function diffMap(element: Type, place: Place, old: Properties, next: Properties, changes: Collected): void {
  for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
    const path = /^[A-Za-z_$][\w$]*$/.test(key)
      ? `${place.path}.${key}`
      : `${place.path}[${JSON.stringify(key)}]`;
    diffValue(element, { ...place, path }, old[key] ?? null, next[key] ?? null, undefined, changes);
  }
}

function diffList(
  type: ListType,
  place: Place,
  old: readonly Value[],
  next: readonly Value[],
  inputs: readonly Value[],
  changes: Collected,
): void {
  if (type.element.kind !== "object") {
    diffScalars(place, old, next, changes);
    return;
  }
  for (let at = 0; at < Math.max(old.length, next.length); at++) {
    const element = { ...place, path: `${place.path}[${String(at)}]` };
    diffValue(type.element, element, old[at] ?? null, next[at] ?? null, inputs[at], changes);
  }
}

/** Elements that went and came, by the longest common subsequence; both at one index is an update. */
function diffScalars(place: Place, old: readonly Value[], next: readonly Value[], changes: Collected): void {
  const kept = commonSubsequence(old, next);
  const stayed = { from: new Set(kept.map(([from]) => from)), to: new Set(kept.map(([, to]) => to)) };
  for (let at = 0; at < Math.max(old.length, next.length); at++) {
    const gone = at < old.length && !stayed.from.has(at);
    const come = at < next.length && !stayed.to.has(at);
    if (!gone && !come) continue;
    const kind = gone ? (come ? "update" : "delete") : "add";
    changes[`${place.path}[${String(at)}]`] = { kind, replaces: place.replaces };
  }
}

function commonSubsequence(a: readonly Value[], b: readonly Value[]): [number, number][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  const same = (i: number, j: number): boolean => equal(a[i] ?? null, b[j] ?? null);
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i];
    if (row === undefined) continue;
    for (let j = b.length - 1; j >= 0; j--)
      row[j] = same(i, j) ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (same(i, j)) pairs.push([i++, j++]);
    else if (length(i + 1, j) >= length(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

/** Elements are told by their index in the inputs; where they cannot be matched to those, the set as a whole. */
function diffSet(
  type: ListType,
  place: Place,
  old: readonly Value[],
  next: readonly Value[],
  inputs: readonly Value[],
  changes: Collected,
): void {
  const missingIn = (list: readonly Value[]) => (value: Value) =>
    !list.some((other) => equivalent(type.element, value, other));
  const removed = [...old.keys()].filter((at) => missingIn(next)(old[at] ?? null));
  const added = next.filter(missingIn(old));
  if (removed.length === 0 && added.length === 0) return;
  const matched = inputs.length < next.length ? undefined : matchInputs(type.element, added, inputs);
  if (matched === undefined) {
    changes[place.path] = { kind: "update", replaces: place.replaces };
    return;
  }
  for (const at of new Set([...removed, ...matched.keys()])) {
    const before = removed.includes(at) ? (old[at] ?? null) : null;
    const element = { ...place, path: `${place.path}[${String(at)}]` };
    diffValue(type.element, element, before, matched.get(at) ?? null, inputs[at], changes);
  }
}

/** Planned elements by the index of the input each comes from; undefined if one has none. */
function matchInputs(
  element: Type,
  added: readonly Value[],
  inputs: readonly Value[],
): Map<number, Value> | undefined {
  const matched = new Map<number, Value>();
  for (const planned of added) {
    const at = inputs.findIndex((input, index) => !matched.has(index) && comesFrom(element, planned, input));
    if (at < 0) return undefined;
    matched.set(at, planned);
  }
  return matched;
}

/** Whether `planned` is `input` with nothing but computed values and empty lists added. */
function comesFrom(type: Type, planned: Value, input: Value | undefined): boolean {
  if (!isPresent(input ?? null)) return !isPresent(planned);
  const inner = unwrapped(type);
  if (inner.kind === "object" && isObject(planned) && isObject(input)) {
    return inner.properties.every(({ name, type: of, computed }) => {
      const part = input[name] ?? null;
      return (computed && part === null) || comesFrom(of, planned[name] ?? null, part);
    });
  }
  return equivalent(inner, planned, input ?? null);
}
