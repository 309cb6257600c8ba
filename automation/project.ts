import * as fs from "node:fs";
import * as path from "node:path";
import { parse as parseYaml, YAMLParseError } from "yaml";
import { plain } from "../components/settings/parse.ts";
import { OperatorError } from "./fail.ts";

/** The project's folder. */
export const PROJECT = path.resolve(import.meta.dirname, "..");

/** Where the stacks' state and public certificates are kept; ignored by git. */
export const STATE = path.join(PROJECT, ".state");

/**
 * The file that says what a stack is.
 *
 * @throws {OperatorError} when there is none
 */
export function stackFileOf(stackName: string): string {
  const file = path.join(PROJECT, `Pulumi.${stackName}.yaml`);
  if (fs.existsSync(file)) return file;
  throw new OperatorError(
    `no stack ${stackName}: Pulumi.${stackName}.yaml is missing; there are ${stackNames().join(", ")}`,
  );
}

/** Names of all stacks that have a file. */
export function stackNames(): string[] {
  return fs.readdirSync(PROJECT).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
}

/**
 * A stack file's `config` as it is written there, secrets encrypted.
 *
 * @throws {OperatorError} when there is no such file or it is no YAML
 */
export function configOf(stackName: string): [string, unknown][] {
  const { config } = readYaml(stackFileOf(stackName)) as { config?: Record<string, unknown> };
  return Object.entries(config ?? {}).map(([key, value]) => [key, plain(value)]);
}

function readYaml(file: string): unknown {
  try {
    return parseYaml(fs.readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    if (error instanceof YAMLParseError) throw new OperatorError(`${path.basename(file)}: ${error.message}`);
    throw error;
  }
}
