import { action, runAction } from "./arguments.ts";
import { execIn } from "./containers.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { viewOf } from "./outputs.ts";
import { readStackSettings } from "./stack-settings.ts";
import { openStack } from "./workspace.ts";

const USAGE = `usage: npm run dns -- zone [STACK]
       npm run dns -- ds [STACK]

zone  prints the DNS records of stack dev or another as text of zone files: npm --silent run dns -- zone STACK
ds    prints the DS records that make the parent zones vouch for those that the stack's Knot signs`;

const ACTIONS = {
  zone: action(["STACK?"], {}, ([stackName = "dev"]) => printZones(stackName)),
  ds: action(["STACK?"], {}, ([stackName = "dev"]) => printDs(stackName)),
};

await runCommand(() => runAction(USAGE, ACTIONS));

async function printZones(stackName: string): Promise<void> {
  const stack = await openStack(stackName);
  const { dns } = await viewOf(stack);
  if (dns === undefined)
    throw new OperatorError(`stack ${stackName} makes no DNS records: it has no sso:dns`);
  console.log(Object.values(dns.zones).join("\n").trimEnd());
  if (dns.elsewhere !== "")
    console.log(
      `\n; Outside of these zones, to be made where those names are kept:\n${dns.elsewhere.trimEnd()}`,
    );
}

async function printDs(stackName: string): Promise<void> {
  const stack = await openStack(stackName);
  const { dns } = await readStackSettings(stack);
  if (dns?.kind !== "knot")
    throw new OperatorError(`stack ${stackName} signs no zone: only with sso:dns of kind knot it does`);
  for (const zone of dns.zones) {
    const records = await execIn(stack, "knot", ["keymgr", "-c", "/etc/sso/knot.conf", zone, "ds"]);
    console.log(records.trimEnd());
  }
}
