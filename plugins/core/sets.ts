/**
 * The order in which Terraform keeps the elements of a set (go-cty: primitives by value, everything else by the
 * bytes of a string that stands for the element), and when two elements are the same to its SDK.
 */
import { UNKNOWN, type Value } from "./definition.ts";
import type { Type } from "./schema.ts";
import { equal, isObject, isZero } from "./values.ts";

/** The elements in Terraform's order, each once. `elements` are in Terraform's form (see raw.ts). */
export function sortSet(element: Type, elements: readonly Value[]): Value[] {
  const keyed = elements.map((value) => ({ value, key: sortKey(element, value) }));
  keyed.sort((a, b) => compare(a.key, b.key));
  return keyed
    .filter((each, at) => at === 0 || !equal(each.value, keyed[at - 1]?.value ?? null))
    .map((each) => each.value);
}

type SortKey = number | Buffer;

function sortKey(type: Type, value: Value): SortKey {
  if ((type.kind === "integer" || type.kind === "number") && typeof value === "number") return value;
  if (type.kind === "string" && typeof value === "string") return Buffer.from(value);
  return Buffer.from(hashString(type, value));
}

function compare(a: SortKey, b: SortKey): number {
  if (typeof a === "number") return typeof b === "number" ? a - b : -1;
  return typeof b === "number" ? 1 : Buffer.compare(a, b);
}

function hashString(type: Type, value: Value): string {
  if (value === UNKNOWN) return "?";
  if (value === null) return "~";
  if (typeof value === "boolean") return value ? "T" : "F";
  if (typeof value === "number") return goNumber(value);
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) {
    const element = type.kind === "list" || type.kind === "set" ? type.element : type;
    return `[${value.map((each) => `${hashString(element, each)};`).join("")}]`;
  }
  if (type.kind === "object")
    return `<${type.properties.map((each) => `${hashString(each.type, value[each.name] ?? null)};`).join("")}>`;
  const element = type.kind === "map" ? type.element : type;
  const entries = Object.keys(value).sort();
  return `{${entries.map((key) => `${quote(key)}:${hashString(element, value[key] ?? null)};`).join("")}}`;
}

/** Go's `%v` of a big.Float: ten significant digits. */
function goNumber(value: number): string {
  const rounded = Number(value.toPrecision(10));
  const size = Math.abs(rounded);
  if (rounded === 0 || (size >= 1e-4 && size < 1e10)) return String(rounded);
  return rounded.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

const escapes: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

/** Go's `%q`. */
function quote(text: string): string {
  const inner = text.replace(/[\x00-\x1f"\\\x7f]/g, (letter) => {
    return escapes[letter] ?? `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${inner}"`;
}

/**
 * Whether Terraform's SDK sees no difference: null and zero are one, and the order of a set means nothing. Both
 * values are in Terraform's form or both in Pulumi's.
 */
export function equivalent(type: Type, a: Value, b: Value): boolean {
  if (a === UNKNOWN || b === UNKNOWN) return a === b;
  if (isZero(a) || isZero(b)) return isZero(a) && isZero(b);
  switch (type.kind) {
    case "list":
    case "set":
      if (type.single && isObject(a) && isObject(b)) return equivalent(type.element, a, b);
      if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
      return type.kind === "set"
        ? sameElements(type.element, a, b)
        : a.every((each, at) => equivalent(type.element, each, b[at] ?? null));
    case "map":
      if (!isObject(a) || !isObject(b)) return false;
      return (
        Object.keys(a).length === Object.keys(b).length &&
        Object.keys(a).every((key) => key in b && equivalent(type.element, a[key] ?? null, b[key] ?? null))
      );
    case "object":
      if (!isObject(a) || !isObject(b)) return false;
      return type.properties.every(({ name, type: of }) => equivalent(of, a[name] ?? null, b[name] ?? null));
    default:
      return a === b;
  }
}

function sameElements(element: Type, a: readonly Value[], b: readonly Value[]): boolean {
  const left = [...b];
  return a.every((each) => {
    const at = left.findIndex((other) => equivalent(element, each, other));
    if (at < 0) return false;
    left.splice(at, 1);
    return true;
  });
}
