import { renderTable } from "../bootstrap/table.ts";
import { action, runAction } from "./arguments.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { inboxOf, type Message } from "./inbox.ts";
import { queueOf } from "./mail-queue.ts";
import { refreshSenders } from "./senders.ts";
import { settingsWithoutSecrets } from "./stack-settings.ts";
import { openStack } from "./workspace.ts";

const USAGE = `usage: npm run mail -- list [STACK]
       npm run mail -- show NUMBER [STACK]
       npm run mail -- queue [STACK]
       npm run mail -- refresh-senders STACK [--from SOURCE]

list, show       what the mail sink of a stack, dev by default, has taken instead of delivering it
queue            what waits in its relay, and why
refresh-senders  writes the networks that Atlassian sends mail from into Pulumi.STACK.yaml; of a copy of
                 Atlassian's list with --from, a file or an https:// address`;

const ACTIONS = {
  list: action(["STACK?"], {}, ([stackName = "dev"]) => list(stackName)),
  show: action(["NUMBER", "STACK?"], {}, ([number, stackName = "dev"]) => show(number, stackName)),
  queue: action(["STACK?"], {}, ([stackName = "dev"]) => queue(stackName)),
  "refresh-senders": action(["STACK"], { from: "value" }, ([stackName], { from }) =>
    refresh(stackName, from),
  ),
};

await runCommand(() => runAction(USAGE, ACTIONS));

async function list(stackName: string): Promise<void> {
  const messages = await inbox(stackName);
  const rows = messages.map(({ date, to, subject }, index) => [String(index + 1), date, to, subject]);
  console.log(rows.length === 0 ? "no mail" : renderTable([["", "date", "to", "subject"], ...rows]));
}

async function show(number: string, stackName: string): Promise<void> {
  const messages = await inbox(stackName);
  const message = messages[Number(number) - 1];
  if (message === undefined) throw new OperatorError(`no message ${number}; there are ${messages.length}`);
  console.log(`To: ${message.to}\nSubject: ${message.subject}\nDate: ${message.date}\n\n${message.text}`);
}

async function inbox(stackName: string): Promise<Message[]> {
  const { smtp } = settingsWithoutSecrets(stackName);
  if (smtp.kind !== "sink")
    throw new OperatorError(`stack ${stackName} has no mail sink: its sso:smtp is the server ${smtp.host}`);
  return inboxOf(await openStack(stackName));
}

async function queue(stackName: string): Promise<void> {
  if (settingsWithoutSecrets(stackName).relay === undefined)
    throw new OperatorError(`stack ${stackName} has no relay: it has no sso:relay`);
  const messages = await queueOf(await openStack(stackName));
  const rows = messages.flatMap(({ arrived, sender, recipients }) =>
    recipients.map(({ address, reason }) => [arrived.toISOString(), sender, address, reason]),
  );
  console.log(
    rows.length === 0 ? "no mail waits" : renderTable([["since", "from", "to", "because"], ...rows]),
  );
}

async function refresh(stackName: string, source: string | undefined): Promise<void> {
  const { added, removed } = await refreshSenders(stackName, source);
  for (const network of removed) console.log(`- ${network}`);
  for (const network of added) console.log(`+ ${network}`);
  console.log(
    added.length + removed.length === 0
      ? `Pulumi.${stackName}.yaml has them all.`
      : `Pulumi.${stackName}.yaml is written; npm run up -- ${stackName} puts it into effect.`,
  );
}
