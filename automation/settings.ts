import * as fs from "node:fs";
import * as path from "node:path";
import { stackFileSchema } from "../components/settings/json-schema.ts";
import { commandFor } from "../components/settings/secrets.ts";
import { action, runAction } from "./arguments.ts";
import { runCommand } from "./fail.ts";
import { PROJECT } from "./project.ts";
import { missingSecretsOf } from "./stack-settings.ts";

const USAGE = `usage: npm run settings -- check STACK
       npm run settings -- schema

check   says what is wrong with Pulumi.STACK.yaml and the files that it names, and which of its secrets are still to
        be set; needs no host
schema  writes the JSON Schema that gives editors completion in the stack files`;

const SCHEMA_FILE = path.join(PROJECT, "components/settings/stack-file.schema.json");

const ACTIONS = {
  check: action(["STACK"], {}, ([stackName]) => {
    check(stackName);
  }),
  schema: action([], {}, () => {
    fs.writeFileSync(SCHEMA_FILE, `${JSON.stringify(stackFileSchema(), null, 2)}\n`);
  }),
};

await runCommand(() => runAction(USAGE, ACTIONS));

/** @throws {OperatorError} naming every fault of the file, and of those that it names */
function check(stackName: string): void {
  const missing = missingSecretsOf(stackName);
  console.log(`Pulumi.${stackName}.yaml is in order.`);
  if (missing.length === 0) return;
  const commands = missing.map((secret) => `  ${commandFor(secret, stackName)}`);
  console.log(`Before npm run up -- ${stackName}, set its secrets:\n${commands.join("\n")}`);
}
