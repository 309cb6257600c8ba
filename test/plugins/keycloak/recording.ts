import * as fs from "node:fs";
import * as path from "node:path";
import type { Properties, Value } from "../../../plugins/core/definition.ts";

/** One resource of a recorded state. */
export interface Recorded {
  readonly id: string;
  readonly type: string;
  readonly urn: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** Pulumi's mark of a wrapped secret. */
const SECRET = "4dabf18193072939515e22adb298388d";

const isObject = (value: Value): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Rebuilds a value with `change` made to each string in it. */
export function mapStrings<T extends Value>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change)) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)])) as T;
}

function reveal(value: Value): Value {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  const { plaintext } = value;
  if (SECRET in value && typeof plaintext === "string") return JSON.parse(plaintext) as Value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

/** The program behind checked inputs: without what was filled in. */
export function programOf(inputs: Properties): Properties {
  const { __defaults: defaults, ...given } = inputs;
  const filled = Array.isArray(defaults) ? defaults : [];
  const entries = Object.entries(given).filter(([key]) => !filled.includes(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, programValue(value)]));
}

function programValue(value: Value): Value {
  if (Array.isArray(value)) return value.map(programValue);
  return isObject(value) ? programOf(value) : value;
}

const FOLDER = path.join(__dirname, "../parity/recorded");

/** What the official plugin made of the parity program, secrets in plain text. */
export function recording(step: "state-1-up" | "state-1-refresh"): readonly Recorded[] {
  const all = JSON.parse(fs.readFileSync(path.join(FOLDER, `${step}.json`), "utf8")) as Recorded[];
  return all
    .filter(({ type }) => type.startsWith("keycloak:"))
    .map((one) => ({
      ...one,
      inputs: reveal(one.inputs) as Properties,
      outputs: reveal(one.outputs) as Properties,
    }));
}

/** Translates what the recorded server chose into what this one chose. */
export class Translation {
  readonly #known = new Map<string, string>();

  public learn(recorded: Value | undefined, now: Value | undefined): void {
    if (typeof recorded === "string" && typeof now === "string" && recorded !== "")
      this.#known.set(recorded, now);
  }

  public apply<T extends Value>(value: T): T {
    return mapStrings(value, (text) => this.#translate(text));
  }

  #translate(text: string): string {
    const whole = this.#known.get(text);
    if (whole !== undefined || !text.includes("/")) return whole ?? text;
    return text
      .split("/")
      .map((part) => this.#known.get(part) ?? part)
      .join("/");
  }
}
