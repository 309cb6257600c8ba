/** How to get around in settings as they are written, and how their places are told to people. */

export type Path = readonly PropertyKey[];

/** Lists whose items are known by a name of theirs, so that one file can say something about an item of another. */
export const KEYED_LISTS: Readonly<Record<string, string>> = {
  realms: "name",
  services: "name",
  groups: "name",
  identityProviders: "alias",
};

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where in a list of this key the item of a name is. */
export function stepInto(
  items: readonly unknown[],
  list: string | undefined,
  name: unknown,
): number | undefined {
  const key = list === undefined ? undefined : KEYED_LISTS[list];
  if (key === undefined) return undefined;
  const index = items.findIndex((item) => isObject(item) && item[key] === name);
  return index < 0 ? undefined : index;
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

/** `realms[0].name` */
export function pathText(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index > 0 ? "." : ""}${String(step)}`))
    .join("");
}

/** The path with names for the places in lists that have them: `realms[community].name`. */
export function namedPathText(values: unknown, path: Path): string {
  return path
    .map((step, index) => {
      const name = typeof step === "number" ? nameAt(values, path.slice(0, index + 1)) : undefined;
      if (typeof step === "number") return `[${name ?? step}]`;
      return `${index > 0 ? "." : ""}${String(step)}`;
    })
    .join("");
}

/**
 * How many steps of a path through `values` another file's values go, too: by name where the list has names, for its
 * items stand elsewhere there.
 */
export function sharedSteps(values: unknown, path: Path, other: unknown): number {
  let at = other;
  for (const [index, step] of path.entries()) {
    const name = typeof step === "number" ? nameAt(values, path.slice(0, index + 1)) : undefined;
    const place =
      name !== undefined && Array.isArray(at) ? stepInto(at, String(path[index - 1]), name) : step;
    at = place === undefined ? undefined : valueAt(at, [place]);
    if (at === undefined) return index;
  }
  return path.length;
}

/** The name of the list's item that a path ends at. */
function nameAt(values: unknown, path: Path): string | undefined {
  const key = KEYED_LISTS[String(path.at(-2))];
  const name = key === undefined ? undefined : valueAt(values, [...path, key]);
  return typeof name === "string" ? name : undefined;
}
