import { z } from "zod";
import { derivationSettings, derived, type RawSettings, type ReadBase, takeable } from "./derive.ts";
import { checkFiles } from "./files.ts";
import { namedPathText, type Path, pathText, sharedSteps, valueAt } from "./paths.ts";
import { settingsBesideSecrets, type Settings, stackSettings } from "./schema.ts";
import { neededSecrets, type SecretName } from "./secrets.ts";

/** One thing wrong with a stack file. */
export interface Fault {
  /** Where, as it is written: `realms[0].name`. */
  readonly path: string;
  /** What stands there, shortened; absent when nothing does. */
  readonly received?: string;
  readonly allowed: string;
  /** Stack whose file it stands in, where that is another one that this one goes by. */
  readonly of?: string;
}

/** A stack file with faults; the message names every one of them. */
export class SettingsError extends Error {
  public readonly faults: readonly Fault[];

  public constructor(stack: string, faults: readonly Fault[]) {
    const lines = faults.map(
      ({ path, received, allowed, of }) =>
        `  ${path}${of === undefined ? "" : ` (of Pulumi.${of}.yaml)`}: ${received ?? "missing"}; allowed: ${allowed}`,
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

/** What a stack says once its file and those that it goes by are put together. */
interface Said {
  readonly values: RawSettings;
  /** Each file by its stack, the stack's own first. */
  readonly files: readonly (readonly [stack: string, own: RawSettings])[];
}

/**
 * Checks what a stack says as a whole.
 *
 * @param stack name of the stack, for the message
 * @param raw values by key, without the project's name in front
 * @param readBase reads the file that the stack's own one goes by (`from`). @default there are no other files
 * @param folder what the paths of files in it are relative to. @default nobody looks whether they can be used
 * @throws {SettingsError} naming every fault at once
 */
export function parseSettings(
  stack: string,
  raw: RawSettings,
  readBase: ReadBase = () => undefined,
  folder?: string,
): Settings {
  return checkedBy(withFiles(stackSettings(stack), folder), stack, said(stack, raw, readBase));
}

/**
 * The secrets that a stack's settings call for and that it has not.
 *
 * @param folder as {@link parseSettings} has it
 * @throws {SettingsError} naming every fault but these at once
 */
export function missingSecrets(
  stack: string,
  raw: RawSettings,
  readBase: ReadBase = () => undefined,
  folder?: string,
): SecretName[] {
  const { secrets, ...settings } = checkedBy(
    withFiles(settingsBesideSecrets, folder),
    stack,
    said(stack, raw, readBase),
  );
  return neededSecrets(settings as Parameters<typeof neededSecrets>[0]).filter(
    ({ group, name }) => secrets[group]?.[name] === undefined,
  );
}

/** The same, with a look at the files that settings name. */
function withFiles(schema: typeof settingsBesideSecrets, folder: string | undefined): typeof schema {
  return folder === undefined
    ? schema
    : schema.check((context) => {
        checkFiles(context, folder);
      });
}

/** Puts the stack's file and those that it goes by together. */
function said(stack: string, raw: RawSettings, readBase: ReadBase, above: readonly string[] = []): Said {
  const { from, rename, without, ...own } = raw;
  const derivation = derivationSettings.safeParse({ from, rename, without });
  if (!derivation.success)
    throw new SettingsError(
      stack,
      derivation.error.issues.flatMap((issue) => faultsOf(issue, { values: raw, files: [[stack, raw]] })),
    );
  const files = [[stack, own]] as const;
  const base = derivation.data.from;
  if (base === undefined) return { values: own, files };
  const refuse = (allowed: string): never => {
    throw new SettingsError(stack, [{ path: "from", received: shown(base), allowed }]);
  };
  if (base === stack || above.includes(base)) return refuse("a stack that does not go by this one itself");
  const baseRaw = readBase(base) ?? refuse(`a stack that has a file: there is no Pulumi.${base}.yaml`);
  const below = said(base, baseRaw, readBase, [...above, stack]);
  const faults: Fault[] = [];
  const values = derived(own, below.values, derivation.data, (path, allowed) => {
    faults.push({
      path: pathText(path),
      received: shown(valueAt(raw, path)),
      allowed: `${allowed} (${base})`,
    });
  });
  if (faults.length > 0) throw new SettingsError(stack, faults);
  const shared = sharedNames(values, below.values);
  if (shared.length > 0)
    throw new SettingsError(
      stack,
      shared.map((path) => ({
        path: namedPathText(values, path),
        received: shown(valueAt(values, path)),
        allowed: `another one than stack ${base} has; give it here, or by rename`,
      })),
    );
  const others = below.files.map(([name, theirs]) => [name, takeable(theirs)] as const);
  return { values, files: [...files, ...others] };
}

/** Where a stack has the very name that another one is known by. */
function sharedNames(values: RawSettings, base: RawSettings): Path[] {
  const pathsOf = (from: RawSettings): Path[] => [
    ["domain"],
    ["relay", "hostname"],
    ...(Array.isArray(from.realms) ? from.realms.map((_, index) => ["realms", index, "aliasDomain"]) : []),
  ];
  const taken = pathsOf(base).map((path) => valueAt(base, path));
  return pathsOf(values).filter((path) => {
    const name = valueAt(values, path);
    return name !== undefined && taken.includes(name);
  });
}

function checkedBy<Schema extends z.ZodType>(schema: Schema, stack: string, what: Said): z.output<Schema> {
  const result = schema.safeParse(what.values);
  if (result.success) return result.data;
  throw new SettingsError(
    stack,
    result.error.issues.flatMap((issue) => faultsOf(issue, what)),
  );
}

function faultsOf(issue: z.core.$ZodIssue, what: Said): Fault[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = knownKeysAt(what.values, path);
    return issue.keys.map((key) => ({
      ...placeOf([...path, key], what),
      // Not its value: nobody knows whether that is a secret.
      received: "not a setting",
      allowed: known.length > 0 ? `only ${known.join(", ")}` : "nothing of this name",
    }));
  }
  const value = valueAt(what.values, path);
  return [
    {
      ...placeOf(path, what),
      ...(value === undefined ? {} : { received: path[0] === "secrets" ? "a value" : shown(value) }),
      allowed: allowedBy(issue),
    },
  ];
}

/** Where it is written: in the file that goes the furthest along the path, the stack's own before others. */
function placeOf(path: Path, { values, files }: Said): Pick<Fault, "path" | "of"> {
  if (files.length === 1) return { path: pathText(path) };
  const steps = files.map(([, own]) => sharedSteps(values, path, own));
  const furthest = steps.indexOf(Math.max(...steps));
  const file = files[furthest]?.[0];
  return {
    path: namedPathText(values, path),
    ...(furthest === 0 || file === undefined ? {} : { of: file }),
  };
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

/** A value as it stands in the file, shortened. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return "missing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Keys allowed in the object at `path`, for the remedy of a misspelt one. */
function knownKeysAt(raw: unknown, path: Path): string[] {
  let schema = unwrapped(settingsBesideSecrets, raw);
  path.forEach((step, index) => {
    schema = unwrapped(childOf(schema, step), valueAt(raw, path.slice(0, index + 1)));
  });
  const keys = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return path.length === 0 ? [...Object.keys(derivationSettings.shape), ...keys] : keys;
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
