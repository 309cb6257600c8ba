import { z } from "zod";
import { domainName, text } from "./fields.ts";
import { isObject, KEYED_LISTS, stepInto } from "./paths.ts";

/** Settings of one file by key, as they are written. */
export type RawSettings = Readonly<Record<string, unknown>>;

/** Gives what another stack's file says; nothing where there is no such file. */
export type ReadBase = (stack: string) => RawSettings | undefined;

/** What a stack is called: part of the name of its file. */
const stackName = text(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, "the name of a stack, such as production");

/** How a stack file goes by another one; these keys are settings of the file, not of the stack. */
export const derivationSettings = z
  .strictObject({
    from: stackName
      .optional()
      .describe(
        "Stack whose file says what this one does not. Not taken from it: host, secrets, demand, and where mail goes.",
      ),
    rename: z
      .record(domainName, domainName)
      .default({})
      .describe(
        "Domains of the other file and what they, and all names below them, are here; the longest one counts. " +
          "Addresses of people (postmaster, email, reportsTo, support) stay.",
      ),
    without: z
      .array(
        text(
          /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/,
          "a setting of the other file, such as realms.community.theme",
        ),
      )
      .default([])
      .describe(
        "What is not taken from the other file: dns, realms.NAME, realms.NAME.services.NAME, realms.NAME.recaptcha.",
      ),
  })
  .check((context) => {
    const { from, rename, without } = context.value;
    if (from !== undefined) return;
    for (const [key, given] of [
      ["rename", Object.keys(rename)],
      ["without", without],
    ] as const) {
      if (given.length === 0) continue;
      context.issues.push({
        code: "custom",
        path: [key],
        message: "nothing, because from names no other stack",
        input: undefined,
        continue: true,
      });
    }
  });

/** What a stack of its own must say for itself: it would stand on the other one's host, or hold its secrets. */
const NEVER_TAKEN = ["host", "secrets", "demand"];

/** What of a stack's settings another one may take. */
export function takeable(settings: RawSettings): RawSettings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !NEVER_TAKEN.includes(key)));
}

/** Addresses of people, who are the same for every stack. */
const PEOPLE = ["email", "postmaster", "reportsTo", "support"];

/** What of the derivation does not fit the other file. */
type Misfit = (path: readonly PropertyKey[], allowed: string) => void;

/**
 * What a stack says that goes by another one's file.
 *
 * @param own what its own file says, without `from`, `rename` and `without`
 * @param base everything that the other stack says
 * @param misfit is told what in `rename` and `without` the other file does not have
 */
export function derived(
  own: RawSettings,
  base: RawSettings,
  { rename, without }: Pick<z.output<typeof derivationSettings>, "rename" | "without">,
  misfit: Misfit,
): RawSettings {
  const { smtp, ...taken } = takeable(base);
  const kept = without.reduce<unknown>((values, path, index) => {
    const rest = leftOut(values, path.split("."));
    if (rest === undefined)
      misfit(["without", index], "a setting that the other file has and that is taken from it");
    return rest ?? values;
  }, taken);
  const seen = new Set<string>();
  const renamed = withNames(kept, rename, seen);
  for (const domain of Object.keys(rename))
    if (!seen.has(domain)) misfit(["rename", domain], "a domain that the other file names");
  return { ...(merged(renamed, own) as RawSettings), smtp: mailOf(own.smtp, smtp) };
}

/** The stack's mail: to a sink, and for listed domains through the other stack's server. */
function mailOf(own: unknown, base: unknown): unknown {
  if (own === undefined) return { kind: "sink" };
  if (!isObject(own) || own.kind !== "sink" || own.except === undefined || own.through !== undefined)
    return own;
  if (!isObject(base)) return own;
  const { kind, ...server } = base;
  const through = kind === "server" ? server : base.through;
  return through === undefined ? own : { ...own, through };
}

/** The values without what is at the path, whose steps into lists are names; nothing when there is no such thing. */
function leftOut(values: unknown, [step, ...rest]: readonly string[], list?: string): unknown {
  if (step === undefined) return undefined;
  if (Array.isArray(values)) {
    const index = stepInto(values, list, step);
    if (index === undefined) return undefined;
    if (rest.length === 0) return values.filter((_, at) => at !== index);
    const inner = leftOut(values[index], rest);
    return inner === undefined
      ? undefined
      : values.map((value: unknown, at) => (at === index ? inner : value));
  }
  if (!isObject(values) || !Object.hasOwn(values, step)) return undefined;
  const { [step]: gone, ...others } = values;
  if (rest.length === 0) return others;
  const inner = leftOut(gone, rest, step);
  return inner === undefined ? undefined : { ...values, [step]: inner };
}

/** A host name, alone or in a URL or an address. */
const HOST = /(?<![a-z0-9_.-])(?:[a-z0-9_*](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]+(?![a-z0-9_-])/g;

/** The values with other domains, but for those in addresses of people; notes which of the domains were there. */
function withNames(values: unknown, rename: Readonly<Record<string, string>>, seen: Set<string>): unknown {
  const domains = Object.keys(rename).sort((a, b) => b.length - a.length);
  const nameOf = (host: string): string => {
    const domain = domains.find((each) => host === each || host.endsWith(`.${each}`));
    if (domain === undefined) return host;
    seen.add(domain);
    return `${host.slice(0, host.length - domain.length)}${rename[domain] ?? domain}`;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return value.replaceAll(HOST, nameOf);
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, PEOPLE.includes(key) ? inner : walk(inner)]),
    );
  };
  return walk(values);
}

/**
 * One value over another: objects key by key, realms and what they list by name, everything else whole. What is of
 * another `kind` or `preset` is something else, so nothing of the one below it stays.
 */
function merged(base: unknown, own: unknown, key?: string): unknown {
  if (own === undefined) return base;
  if (Array.isArray(base) && Array.isArray(own)) return mergedLists(base, own, key);
  if (!isObject(base) || !isObject(own)) return own;
  if (["kind", "preset"].some((tag) => own[tag] !== undefined && own[tag] !== base[tag])) return own;
  const keys = [...new Set([...Object.keys(base), ...Object.keys(own)])];
  return Object.fromEntries(keys.map((each) => [each, merged(base[each], own[each], each)]));
}

function mergedLists(base: readonly unknown[], own: readonly unknown[], list: string | undefined): unknown[] {
  const named = list === undefined ? undefined : KEYED_LISTS[list];
  if (named === undefined) return [...own];
  const nameOf = (item: unknown): unknown => (isObject(item) ? item[named] : undefined);
  const added = own.filter((item) => !base.some((other) => nameOf(other) === nameOf(item)));
  return [
    ...base.map((item) =>
      merged(
        item,
        own.find((other) => nameOf(other) === nameOf(item)),
      ),
    ),
    ...added,
  ];
}
