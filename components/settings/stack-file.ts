import * as fs from "node:fs";
import * as path from "node:path";
import { parse as parseYaml, YAMLParseError } from "yaml";
import type { RawSettings, ReadBase } from "./derive.ts";
import { ownPart, plain, SettingsError } from "./parse.ts";

/** The file that says what a stack is. */
export function stackFileIn(folder: string, stack: string): string {
  return path.join(folder, `Pulumi.${stack}.yaml`);
}

/** A stack file's `config` with a word in the place of each encrypted value, which only the passphrase opens. */
export function configIn(folder: string, stack: string): [string, unknown][] {
  const { config } = readYaml(folder, stack) as { config?: Record<string, unknown> };
  return Object.entries(config ?? {}).map(([key, value]) => [key, withoutSecrets(plain(value))]);
}

/** Reads the files that other stacks of a project's folder go by. */
export function stackFilesIn(folder: string, project: string): ReadBase {
  return (stack): RawSettings | undefined =>
    fs.existsSync(stackFileIn(folder, stack)) ? ownPart(project, configIn(folder, stack)) : undefined;
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if ("secure" in value) return "encrypted";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

/** @throws {SettingsError} when it is no YAML */
function readYaml(folder: string, stack: string): unknown {
  try {
    return parseYaml(fs.readFileSync(stackFileIn(folder, stack), "utf8")) ?? {};
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new SettingsError(stack, [
      {
        path: `line ${error.linePos?.[0].line ?? "?"}`,
        received: error.message.split("\n")[0] ?? "",
        allowed: "YAML",
      },
    ]);
  }
}
