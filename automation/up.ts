import * as fs from "node:fs";
import * as path from "node:path";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { readArguments } from "./arguments.ts";
import { runCommand } from "./fail.ts";
import { readOutputs, type StackView } from "./outputs.ts";
import { directoryRealms, syncRealms } from "./sync-realm.ts";
import { readStackSettings } from "./stack-settings.ts";
import { explained, openStack, PROJECT, STATE } from "./workspace.ts";

const USAGE = `usage: npm run up [-- STACK]

Brings a stack up, dev by default, and says how to use it. Again: nothing changes.`;

await runCommand(async () => {
  const [stackName = "dev"] = readArguments({ usage: USAGE, words: ["STACK?"] }).words;
  const stack = await openStack(stackName);
  if (await holdsData(stack)) {
    // Pulumi refuses to delete what is protected only when it comes to it, half-way through an update.
    await explained(stackName, () => stack.preview());
  }
  const result = await explained(stackName, () =>
    stack.up({ onOutput: (text) => process.stdout.write(text) }),
  );
  const view = readOutputs(stackName, result.outputs);
  const certificate = path.join(STATE, `${stackName}.ca.pem`);
  fs.writeFileSync(certificate, view.caCertificate);
  // Accounts are imported at their first login too; this makes them visible from the start.
  if (result.summary.resourceChanges?.create !== undefined) {
    await syncRealms(view, directoryRealms(view), "triggerFullSync");
  }
  console.log(guide(stackName, view, path.relative(PROJECT, certificate), await seedOf(stack)));
});

/** Whether the stack is up and its settings protect what it holds. */
async function holdsData(stack: automation.Stack): Promise<boolean> {
  const { protect } = await readStackSettings(stack);
  return protect && Object.keys(await explained(stack.name, () => stack.outputs())).length > 0;
}

async function seedOf(stack: automation.Stack): Promise<string | undefined> {
  const openldap = (await stack.getAllConfig())["sso:openldap"];
  return openldap === undefined ? undefined : (JSON.parse(openldap.value) as { seed?: string }).seed;
}

function guide(stackName: string, view: StackView, certificate: string, seed: string | undefined): string {
  const consoles = Object.entries(view.realms).map(([name, realm]) => `  ${name}: ${realm.accountConsole}`);
  return `
Stack ${stackName} is up: ${view.url}

Account consoles
${consoles.join("\n")}
${seed === undefined ? "" : `\nLog in as one of the people in ${seed}; what is mailed to them: npm run mail -- list ${stackName}\n`}
Trust its CA (${certificate})
  a browser:  import the file under Settings, Certificates, Authorities
  Debian:     cp ${certificate} /usr/local/share/ca-certificates/sso-${stackName}.crt && update-ca-certificates
  curl:       curl --cacert ${certificate} ${view.url}/

The tools on your PATH: . bootstrap/env`;
}
