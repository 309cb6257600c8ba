import * as fs from "node:fs";
import * as path from "node:path";
import { stackFileSchema } from "../components/settings/json-schema.ts";
import { commandFor } from "../components/settings/secrets.ts";
import { readArguments } from "./arguments.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { PROJECT } from "./project.ts";
import { missingSecretsOf } from "./stack-settings.ts";

const USAGE = `usage: npm run settings -- check STACK
       npm run settings -- schema

check   says what is wrong with Pulumi.STACK.yaml, and which of its secrets are still to be set; needs no host
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
  const missing = missingSecretsOf(stackName);
  console.log(`Pulumi.${stackName}.yaml is in order.`);
  if (missing.length === 0) return;
  const commands = missing.map((secret) => `  ${commandFor(secret, stackName)}`);
  console.log(`Before npm run up -- ${stackName}, set its secrets:\n${commands.join("\n")}`);
}
