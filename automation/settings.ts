import * as fs from "node:fs";
import * as path from "node:path";
import { stackFileSchema } from "../components/settings/json-schema.ts";
import { readArguments } from "./arguments.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { openConfigOf } from "./stack-file.ts";
import { checkedSettings } from "./stack-settings.ts";
import { PROJECT } from "./workspace.ts";

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
  checkedSettings(stackName, Object.entries(openConfigOf(stackName)));
  console.log(`Pulumi.${stackName}.yaml is in order.`);
}
