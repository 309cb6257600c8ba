/** Compares what two sets of plugins made of the parity program. */
import type { Value } from "../../plugins/core/definition.ts";
import { generatedValues, type Generated } from "./generated.ts";

/** A resource or a step of a preview under its `<type>::<name>`. */
export type Compared = ReadonlyMap<string, Value>;

/** One place where they differ: `<moment> <urn> <path>`, and how. */
export interface Found {
  readonly at: string;
  readonly recorded: string;
  readonly ours: string;
}

const SECRET = "4dabf18193072939515e22adb298388d";

/** `<type>::<name>` of a full URN or of one already cut. */
export function shortUrn(urn: string): string {
  const parts = urn.split("::");
  const types = parts.at(-2) ?? "";
  return `${types.slice(types.lastIndexOf("$") + 1)}::${parts.at(-1) ?? ""}`;
}

/** What differs between `recorded` and `ours` at `moment`. */
export function compare(moment: string, recorded: Compared, ours: Compared): Found[] {
  const found: Found[] = [];
  const ids = { recorded: idsOf(recorded), ours: idsOf(ours) };
  for (const urn of new Set([...recorded.keys(), ...ours.keys()])) {
    const pair = [
      neutral(recorded.get(urn) ?? null, ids.recorded),
      neutral(ours.get(urn) ?? null, ids.ours),
    ] as const;
    collect(`${moment} ${urn} `, "", pair[0], pair[1], found);
  }
  return found;
}

/** Whether the values there are new with every deployment. */
export function isGenerated({ at }: Found): boolean {
  return generatedValues.some(({ pattern }) => matches(pattern, at));
}

/** Whether `at` is what `pattern` says, `*` standing for anything. */
export function matches(pattern: string, at: string): boolean {
  const source = pattern.split("*").map((part) => part.replace(/[$()+.?[\\\]^{|}]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`, "s").test(at);
}

function collect(prefix: string, path: string, recorded: Value, ours: Value, found: Found[]): void {
  if (isRecord(recorded) && isRecord(ours)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(ours)])) {
      const below = path === "" ? key : `${path}.${key}`;
      if (key in recorded && key in ours)
        collect(prefix, below, recorded[key] ?? null, ours[key] ?? null, found);
      else found.push({ at: prefix + below, recorded: brief(recorded[key]), ours: brief(ours[key]) });
    }
  } else if (Array.isArray(recorded) && Array.isArray(ours) && recorded.length === ours.length) {
    recorded.forEach((each, at) => {
      collect(prefix, `${path}[${String(at)}]`, each, ours[at] ?? null, found);
    });
  } else if (show(recorded) !== show(ours)) {
    found.push({ at: prefix + path, recorded: brief(recorded), ours: brief(ours) });
  }
}

function isRecord(value: Value): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: Value | undefined): string {
  return value === undefined ? "(absent)" : JSON.stringify(value);
}

/** Enough to see what it is. */
function brief(value: Value | undefined): string {
  const whole = show(value);
  return whole.length > 200 ? `${whole.slice(0, 200)}…` : whole;
}

/** Generated IDs and what to call them instead: longest first, since some hold others. */
function idsOf(compared: Compared): readonly (readonly [string, string])[] {
  const ids: [string, string][] = [];
  for (const [urn, value] of compared) {
    if (!isRecord(value) || typeof value.id !== "string") continue;
    const { id, type } = value;
    if (type === "docker:index/remoteImage:RemoteImage") ids.push([id.slice(0, 71), `<image ${urn}>`]);
    if (/^[0-9a-f]{64}$/.test(id)) ids.push([id, `<id ${urn}>`], [id.slice(0, 12), `<short id ${urn}>`]);
    if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) || /^[\w-]{22}$/.test(id)) ids.push([id, `<id ${urn}>`]);
  }
  return ids.sort(([a], [b]) => b.length - a.length);
}

const forms: readonly Generated[] = [
  { pattern: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", reason: "<uuid>" },
  { pattern: "02:42(:[0-9a-f]{2}){4}", reason: "<mac>" },
  { pattern: "(172\\.(1[6-9]|2[0-9]|30)|192\\.168)\\.\\d+\\.\\d+(/\\d+)?", reason: "<address>" },
  { pattern: "^sso-test/", reason: "sso/" },
  { pattern: "-[0-9a-f]{7}$", reason: "-<7 digits>" },
  { pattern: '/(tmp|private)/[^"]*parity-\\w+', reason: "<program>" },
];

/** `value` with secrets marked alike and generated values called by what they are. */
function neutral(value: Value, ids: readonly (readonly [string, string])[]): Value {
  if (typeof value === "string") return neutralText(value, ids);
  if (Array.isArray(value)) return inAnyOrder(value.map((each) => neutral(each, ids)));
  if (!isRecord(value)) return value;
  if (SECRET in value && typeof value.plaintext === "string")
    return { "<secret>": neutral(JSON.parse(value.plaintext) as Value, ids) };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, neutral(each, ids)]));
}

/** The official docker plugin tells a container's networks in another order each time. */
function inAnyOrder(list: Value[]): Value[] {
  const isUnordered = list.every((each) => isRecord(each) && "networkName" in each);
  return isUnordered ? list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list;
}

function neutralText(text: string, ids: readonly (readonly [string, string])[]): string {
  const named = ids.reduce((so, [id, name]) => so.replaceAll(id, name), text);
  return forms.reduce((so, { pattern, reason }) => so.replace(new RegExp(pattern, "g"), reason), named);
}
