/** A property that differs. */
export interface Difference {
  /** As Pulumi writes it: `uploads[0].content`. */
  readonly path: string;
  /** Absent where there was nothing. */
  readonly before?: string;
  /** Absent where there will be nothing. */
  readonly after?: string;
}

/** What stands in the place of a secret. */
export const SECRET = "[secret]";

/** Marks an object that stands for a secret or an asset (sdk/go/common/resource/sig). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** What the engine sends for values that are known only after an update (sdk/go/common/resource/plugin/rpc.go). */
const UNKNOWN: readonly unknown[] = [
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/** Properties whose values are never shown, even where nobody marked them. */
const SECRET_PROPERTY = /(password|passphrase|secret|credential|privatekey|token|secret\.key)"?\]?$/i;

type Properties = Readonly<Record<string, unknown>>;

/**
 * What differs between two states of a resource.
 *
 * @param only properties to look at, at the top. @default all
 * @param told paths that are known to differ: a secret shows no difference, for its value is not there
 */
export function differencesOf(
  before: Properties,
  after: Properties,
  only?: readonly string[],
  told: readonly string[] = [],
): Difference[] {
  const keys = only ?? [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const seen = keys.flatMap((key) => within(key, before[key], after[key]));
  const hidden = told.filter((path) => !seen.some((each) => each.path.startsWith(path)));
  return [...seen, ...hidden.map((path) => ({ path, before: SECRET, after: SECRET }))];
}

function within(path: string, before: unknown, after: unknown): Difference[] {
  if (path.startsWith("__") || path.includes(".__")) return []; // what the engine and plugins note for themselves
  if (isPlain(before) && isPlain(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => within(`${path}${step(key)}`, before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const longer = before.length > after.length ? before : after;
    return longer.flatMap((_, index) => within(`${path}[${index}]`, before[index], after[index]));
  }
  const [old, next] = [shown(path, before), shown(path, after)];
  if (JSON.stringify(before ?? null) === JSON.stringify(after ?? null)) return [];
  return [
    { path, ...(old === undefined ? {} : { before: old }), ...(next === undefined ? {} : { after: next }) },
  ];
}

function step(key: string): string {
  return /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`;
}

function isPlain(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(SIGNATURE in value);
}

/** A value for people; nothing for nothing. */
function shown(path: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const safe = masked(path, value);
  return typeof safe === "string" ? safe : JSON.stringify(safe);
}

/** A value with secrets, and what is in secret properties, masked. */
function masked(path: string, value: unknown): unknown {
  if (SECRET_PROPERTY.test(path)) return SECRET;
  if (UNKNOWN.includes(value)) return "known after the update";
  if (Array.isArray(value)) return value.map((each) => masked(path, each));
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) return SECRET;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("__"))
      .map(([key, inner]) => [key, masked(key, inner)]),
  );
}
