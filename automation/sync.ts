import { readArguments } from "./arguments.ts";
import { runCommand } from "./fail.ts";
import { viewOf } from "./outputs.ts";
import { readStackSettings } from "./stack-settings.ts";
import { directoryRealms, syncRealms } from "./sync-realm.ts";
import { withinReach } from "./tunnel.ts";
import { openStack } from "./workspace.ts";

const USAGE = `usage: npm run sync [-- STACK [REALM]] [--changed]

Has Keycloak read all accounts from the directory: of stack dev and all its realms by default.

--changed  only those that have changed since the last sync`;

await runCommand(async () => {
  const { words, options } = readArguments({
    usage: USAGE,
    words: ["STACK?", "REALM?"],
    options: { changed: "flag" },
  });
  const [stackName = "dev", only] = words;
  const action = options.changed === true ? "triggerChangedUsersSync" : "triggerFullSync";
  const stack = await openStack(stackName);
  const view = await viewOf(stack);
  const settings = await readStackSettings(stack);
  await withinReach(stackName, () =>
    syncRealms(stack, settings, view, only === undefined ? directoryRealms(view) : [only], action),
  );
});
