import * as fs from "node:fs";
import * as path from "node:path";
import { stackFileSchema } from "../components/settings/json-schema.ts";
import { readArguments } from "./arguments.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { configOf, PROJECT } from "./project.ts";
import { checkedSettings } from "./stack-settings.ts";

const USAGE = `usage: npm run settings -- check STACK
       npm run settings -- schema

check   says what is wrong with Pulumi.STACK.yaml; needs no host
schema  writes the JSON Schema that gives editors completion in the stack files`;

const SCHEMA_FILE = path.join(PROJECT, "components/settings/stack-file.schema.json");

await runCommand(() => {
  const [action, stackName] = readArguments({ usage: USAGE, words: ["ACTION", "STACK?"] }).words;
  if (action === "check" && stackName !== undefined) check(stackName);
  else if (action === "schema" && stackName === undefined)
    fs.writeFileSync(SCHEMA_FILE, `${JSON.stringify(stackFileSchema(), null, 2)}\n`);
  else throw new OperatorError(`unknown: ${[action, stackName].join(" ").trim()}\n${USAGE}`);
});

/** @throws {OperatorError} naming every fault of the file */
function check(stackName: string): void {
  const config = configOf(stackName).map(([key, value]): [string, unknown] => [key, withoutSecrets(value)]);
  checkedSettings(stackName, config);
  console.log(`Pulumi.${stackName}.yaml is in order.`);
}

/** The value with a word in the place of each encrypted one, which only Pulumi and the passphrase can read. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if ("secure" in value) return "encrypted";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
