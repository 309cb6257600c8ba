import * as fs from "node:fs";
import * as path from "node:path";
import { parse, YAMLParseError } from "yaml";
import { plain } from "../components/settings/parse.ts";
import { OperatorError } from "./fail.ts";
import { stackFileOf } from "./workspace.ts";

/** Stands for an encrypted value, which only Pulumi and the passphrase can read. Base64, as TSIG keys are. */
export const PLACEHOLDER = Buffer.from("placeholder").toString("base64");

/**
 * A stack file's `config` without its secrets.
 *
 * @throws {OperatorError} when there is no such file, or it is no YAML
 */
export function openConfigOf(stackName: string): Readonly<Record<string, unknown>> {
  const { config } = readYaml(stackFileOf(stackName)) as { config?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config ?? {}).map(([key, value]) => [key, withoutSecrets(plain(value))]),
  );
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if ("secure" in value) return PLACEHOLDER;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

function readYaml(file: string): unknown {
  try {
    return parse(fs.readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    if (error instanceof YAMLParseError) throw new OperatorError(`${path.basename(file)}: ${error.message}`);
    throw error;
  }
}
