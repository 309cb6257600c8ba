/** What the official plugins made of the parity program, as recorded. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties, Value } from "../../plugins/core/definition.ts";

/** One resource of a recorded state, its secrets opened. */
export interface RecordedResource {
  /** `<type>::<name>` */
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface RecordedStep {
  readonly urn: string;
  readonly op: string;
  readonly detailedDiff: Readonly<
    Record<string, { readonly kind: string; readonly inputDiff: boolean }>
  > | null;
  readonly diffReasons: readonly string[] | null;
  readonly replaceReasons: readonly string[] | null;
}

export interface RecordedPreview {
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly steps: readonly RecordedStep[];
}

type StateName = "state-1-up" | "state-1-refresh" | "state-2-up";
type PreviewName = "preview-1-again" | "preview-2" | "preview-3";

const SECRET = "4dabf18193072939515e22adb298388d";

const folder = join(import.meta.dirname, "parity", "recorded");

interface RawResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
}

/** A recording, in the network of `relocated`. */
export function readRecording(name: string): unknown {
  return JSON.parse(relocated(readFileSync(join(folder, `${name}.json`), "utf8")));
}

/**
 * The parity program, or what was made of it, in a network that no engine gives to others of its own accord, and on ports
 * that no kernel gives to connections (ip_local_port_range).
 */
export function relocated(text: string): string {
  return text.replaceAll("172.31.250.", "10.231.250.").replaceAll(/\b58(?=(432|953|980|990)\b)/g, "18");
}

/** A recorded state; providers and the stack are left out. */
export function recordedState(name: StateName): RecordedResource[] {
  return (readRecording(name) as readonly RawResource[])
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map(({ urn, type, id, inputs = {}, outputs = {} }) => ({
      urn,
      type,
      name: urn.slice(urn.indexOf("::") + 2),
      id,
      inputs: openSecrets(inputs) as Properties,
      outputs: openSecrets(outputs) as Properties,
    }));
}

export function recordedPreview(name: PreviewName): RecordedPreview {
  return readRecording(name) as RecordedPreview;
}

/** `value` with secrets replaced by what they hold, as the engine shows them to a plugin. */
export function openSecrets(value: Value): Value {
  if (Array.isArray(value)) return value.map(openSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value) {
    return openSecrets(
      typeof value.plaintext === "string" ? (JSON.parse(value.plaintext) as Value) : (value.value ?? null),
    );
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, openSecrets(each)]));
}
