import * as fs from "node:fs";
import * as path from "node:path";
import { readArguments } from "./arguments.ts";
import { bringUp } from "./bring-up.ts";
import { runCommand } from "./fail.ts";
import { readOutputs, type StackView } from "./outputs.ts";
import { certificateFileOf, PROJECT } from "./project.ts";
import { readStackSettings } from "./stack-settings.ts";
import { directoryRealms, syncRealms } from "./sync-realm.ts";
import { withinReach } from "./tunnel.ts";
import { openToBringUp } from "./workspace.ts";

const USAGE = `usage: npm run up [-- STACK]

Brings a stack up, dev by default, and says how to use it. Again: nothing changes.`;

await runCommand(async () => {
  const [stackName = "dev"] = readArguments({ usage: USAGE, words: ["STACK?"] }).words;
  await withinReach(stackName, () => up(stackName));
});

async function up(stackName: string): Promise<void> {
  const stack = await openToBringUp(stackName);
  const result = await bringUp(stack);
  const view = readOutputs(stackName, result.outputs);
  const certificate = certificateFileOf(stackName);
  fs.writeFileSync(certificate, view.caCertificate);
  const settings = await readStackSettings(stack);
  // Accounts are imported at their first login too; this makes them visible from the start.
  if (result.summary.resourceChanges?.create !== undefined) {
    await syncRealms(stack, settings, view, directoryRealms(view), "triggerFullSync");
  }
  console.log(guide(stackName, view, path.relative(PROJECT, certificate), settings.openldap?.seed));
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
