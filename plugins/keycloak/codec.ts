import type { Properties, Value } from "../core/definition.ts";
import { isObject } from "../core/values.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { asObject, asText, asTexts } from "./value.ts";

/** How one kind of value is written in a representation of Keycloak's REST API. */
export interface Codec {
  encode(value: Exclude<Value, null>): Value;
  /** The value of a property; `undefined` is a place the representation leaves out. */
  decode(raw: Value | undefined): Value;
  /** Sent on creation for a silent program where Keycloak's own default would differ. @default left out */
  readonly initial?: Value;
  /** Sent on an update that takes the property away. */
  readonly cleared: Value;
  /** What is wrong with a value the program gave. */
  fault?(value: Value): string | undefined;
}

/** Between the values of an attribute with several: the official plugin's form, `a##b`. */
const SEPARATOR = "##";

export const text: Codec = { encode: (value) => value, decode: asText, cleared: "" };

/** As `text`, but a value the server does not have is `null` in the state rather than `""`. */
export const optionalText: Codec = { ...text, decode: (raw) => (raw === "" ? null : (raw ?? null)) };

export const flag: Codec = {
  encode: (value) => value,
  decode: (raw) => raw === true,
  initial: false,
  cleared: false,
};

export const integer: Codec = { encode: (value) => value, decode: (raw) => Number(raw ?? 0), cleared: 0 };

/** Strings as a JSON array; other values as they are. */
export const list: Codec = {
  encode: (value) => value,
  decode: (raw) => (Array.isArray(raw) ? raw : []),
  cleared: [],
};

/** A map of strings. Empty values are kept, `null` ones are not. */
export const stringMap: Codec = {
  encode: (value) => value,
  decode: (raw) => Object.fromEntries(Object.entries(asObject(raw)).filter(([, value]) => value !== null)),
  cleared: {},
};

/** A map of lists, each written as one string in the program (`{ mail: "a##b" }`). */
export const multiMap: Codec = {
  encode: (value) =>
    Object.fromEntries(
      Object.entries(asObject(value)).map(([key, joined]) => [key, asText(joined).split(SEPARATOR)]),
    ),
  decode: (raw) =>
    Object.fromEntries(
      Object.entries(asObject(raw)).map(([key, values]) => [
        key,
        Array.isArray(values) ? asTexts(values).join(SEPARATOR) : asText(values),
      ]),
    ),
  cleared: {},
};

/** `true` and `false` as strings, as in Keycloak's configuration maps. */
export const quotedFlag: Codec = {
  encode: asText,
  decode: (raw) => asText(raw).toLowerCase() === "true",
  initial: "false",
  cleared: "false",
};

/** A number as a string. */
export const quotedInteger: Codec = {
  encode: asText,
  decode: (raw) => Number(asText(raw)),
  cleared: "",
};

/** A list as one string. Blanks around the items mean nothing to Keycloak. */
export function joined(separator: string): Codec {
  return {
    encode: (value) => asTexts(value).join(separator),
    decode: (raw) =>
      asText(raw) === ""
        ? []
        : asText(raw)
            .split(separator.trim())
            .map((item) => item.trim()),
    cleared: "",
  };
}

/** A list as the text of a JSON array. */
export const jsonList: Codec = {
  encode: (value) => (Array.isArray(value) && value.length === 0 ? "" : JSON.stringify(value)),
  decode: (raw) => (asText(raw) === "" ? [] : (JSON.parse(asText(raw)) as Value)),
  cleared: "",
};

/** Names that the program uses for longer terms of a protocol. Terms without a name stand for themselves. */
export function named(names: Readonly<Record<string, string>>, otherwise: string | null = null): Codec {
  const back = new Map(Object.entries(names).map(([name, term]) => [term, name]));
  return {
    encode: (value) => names[asText(value)] ?? value,
    decode: (raw) => back.get(asText(raw)) ?? otherwise ?? asText(raw),
    cleared: "",
  };
}

function duration(encode: (milliseconds: number) => Value, unitMs: number): Codec {
  return {
    encode: (value) => encode(parseDuration(asText(value)) ?? 0),
    decode: (raw) => (asText(raw) === "" ? "" : formatDuration(Number(raw) * unitMs)),
    cleared: "",
    fault: (value) =>
      parseDuration(asText(value)) === undefined
        ? `expected a duration such as 5m or 1h30m, got ${asText(value)}`
        : undefined,
  };
}

/** A duration as a number of seconds; absent is zero. */
export const seconds: Codec = {
  ...duration((milliseconds) => Math.trunc(milliseconds / 1000), 1000),
  decode: (raw) => formatDuration(Number(raw ?? 0) * 1000),
  cleared: 0,
};

/** A duration as milliseconds in a string; absent is `""`. */
export const quotedMilliseconds: Codec = duration((milliseconds) => String(milliseconds), 1);

/** Whether two durations are the same length, however they are written (`60s`, `1m0s`). */
export function sameDuration(old: Value, next: Value): boolean {
  if (typeof old !== "string" || typeof next !== "string" || old === "" || next === "") return false;
  return parseDuration(old) === parseDuration(next);
}

/** Whether two attribute maps hold the same values, in whatever order. */
export function sameValues(old: Value, next: Value): boolean {
  if (!isObject(old) || !isObject(next)) return false;
  const sorted = (map: Properties): string =>
    JSON.stringify(
      Object.keys(map)
        .sort()
        .map((key) => [key, asText(map[key]).split(SEPARATOR).sort()]),
    );
  return sorted(old) === sorted(next);
}
