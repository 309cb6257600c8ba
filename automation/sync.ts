import { readArguments } from "./arguments.ts";
import { runCommand } from "./fail.ts";
import { readOutputs } from "./outputs.ts";
import { directoryRealms, syncRealm } from "./sync-realm.ts";
import { explained, openStack } from "./workspace.ts";

const USAGE = `usage: npm run sync [-- STACK [REALM]]

Has Keycloak read all accounts from the directory: of stack dev and all its realms by default.`;

await runCommand(async () => {
  const [stackName = "dev", only] = readArguments({ usage: USAGE, words: ["STACK?", "REALM?"] }).words;
  const stack = await openStack(stackName);
  const view = readOutputs(stackName, await explained(stackName, () => stack.outputs()));
  for (const realm of only === undefined ? directoryRealms(view) : [only]) {
    console.log(`realm ${realm}: ${await syncRealm(view, realm, "triggerFullSync")}`);
  }
});
