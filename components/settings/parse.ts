import { z } from "zod";
import { type Settings, stackSettings } from "./schema.ts";

/** One thing wrong with a stack file. */
export interface Fault {
  /** Where, as it is written: `realms[0].name`. */
  readonly path: string;
  /** What stands there, shortened; absent when nothing does. */
  readonly received?: string;
  readonly allowed: string;
}

/** A stack file with faults; the message names every one of them. */
export class SettingsError extends Error {
  public readonly faults: readonly Fault[];

  public constructor(stack: string, faults: readonly Fault[]) {
    const lines = faults.map(
      ({ path, received, allowed }) => `  ${path}: ${received ?? "missing"}; allowed: ${allowed}`,
    );
    super(
      `Pulumi.${stack}.yaml has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${lines.join("\n")}`,
    );
    this.name = "SettingsError";
    this.faults = faults;
  }
}

/** A setting as it was meant: Pulumi keeps everything but text as JSON, in the file too once it has written it. */
export function plain(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A project's part of a stack's configuration: its values, as they were meant, by key without its name in front. */
export function ownPart(
  project: string,
  config: readonly (readonly [string, unknown])[],
): Record<string, unknown> {
  const namespace = `${project}:`;
  return Object.fromEntries(
    config
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), plain(value)]),
  );
}

/**
 * Checks what a stack says as a whole.
 *
 * @param stack name of the stack, for the message
 * @param raw values by key, without the project's name in front
 * @throws {SettingsError} naming every fault at once
 */
export function parseSettings(stack: string, raw: Readonly<Record<string, unknown>>): Settings {
  const result = stackSettings.safeParse(raw);
  if (result.success) return result.data;
  throw new SettingsError(
    stack,
    result.error.issues.flatMap((issue) => faultsOf(issue, raw)),
  );
}

function faultsOf(issue: z.core.$ZodIssue, raw: unknown): Fault[] {
  const path = issue.path;
  if (issue.code === "unrecognized_keys") {
    const known = knownKeysAt(raw, path);
    return issue.keys.map((key) => ({
      path: pathText([...path, key]),
      // Not its value: nobody knows whether that is a secret.
      received: "not a setting",
      allowed: known.length > 0 ? `only ${known.join(", ")}` : "nothing of this name",
    }));
  }
  const value = valueAt(raw, path);
  return [
    {
      path: pathText(path),
      ...(value === undefined ? {} : { received: path[0] === "secrets" ? "a value" : shown(value) }),
      allowed: allowedBy(issue),
    },
  ];
}

const TYPES: Readonly<Record<string, string>> = {
  object: "an object",
  record: "an object",
  array: "a list",
  string: "a text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

/** What the schema says in its own words, else what zod's own message amounts to. */
function allowedBy(issue: z.core.$ZodIssue): string {
  const own = !/^(Invalid|Too|Unrecognized)/.test(issue.message);
  if (own) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "too_small":
      return `${issue.minimum} or more`;
    case "too_big":
      return `${issue.maximum} at most`;
    case "invalid_value":
      return issue.values.map(String).join(" or ");
    default:
      return issue.message;
  }
}

type Path = readonly PropertyKey[];

function pathText(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index > 0 ? "." : ""}${String(step)}`))
    .join("");
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

/** A value as it stands in the file, shortened. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Keys allowed in the object at `path`, for the remedy of a misspelt one. */
function knownKeysAt(raw: unknown, path: Path): string[] {
  let schema = unwrapped(stackSettings, raw);
  path.forEach((step, index) => {
    schema = unwrapped(childOf(schema, step), valueAt(raw, path.slice(0, index + 1)));
  });
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schema behind defaults, and of a union the alternative that `value` chose by its `kind`. */
function unwrapped(schema: z.core.$ZodType | undefined, value: unknown): z.core.$ZodType | undefined {
  let at = schema;
  while (at instanceof z.ZodDefault || at instanceof z.ZodPrefault || at instanceof z.ZodOptional)
    at = at.def.innerType;
  if (!(at instanceof z.ZodDiscriminatedUnion)) return at;
  const discriminator = at.def.discriminator;
  const chosen = valueAt(value, [discriminator]);
  return at.def.options.find((option) => childOf(option, discriminator)?._zod.values?.has(chosen as string));
}

function childOf(schema: z.core.$ZodType | undefined, step: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.def.element;
  if (schema instanceof z.ZodObject) return (schema.shape as Record<PropertyKey, z.core.$ZodType>)[step];
  return undefined;
}
