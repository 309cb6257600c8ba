import { renderTable } from "../bootstrap/table.ts";
import { readArguments } from "./arguments.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { inboxOf } from "./inbox.ts";
import { openStack } from "./workspace.ts";

const USAGE = `usage: npm run mail -- list [STACK]
       npm run mail -- show NUMBER [STACK]

What the mail sink of a stack, dev by default, has taken instead of delivering it.`;

await runCommand(async () => {
  const { words } = readArguments({ usage: USAGE, words: ["ACTION", "NUMBER?", "STACK?"] });
  const [action, ...rest] = words;
  if (action === "list" && rest.length <= 1) await list(rest[0] ?? "dev");
  else if (action === "show" && rest[0] !== undefined) await show(rest[0], rest[1] ?? "dev");
  else throw new OperatorError(`unknown: ${words.join(" ")}\n${USAGE}`);
});

async function list(stackName: string): Promise<void> {
  const messages = await inboxOf(await openStack(stackName));
  const rows = messages.map(({ date, to, subject }, index) => [String(index + 1), date, to, subject]);
  console.log(rows.length === 0 ? "no mail" : renderTable([["", "date", "to", "subject"], ...rows]));
}

async function show(number: string, stackName: string): Promise<void> {
  const messages = await inboxOf(await openStack(stackName));
  const message = messages[Number(number) - 1];
  if (message === undefined) throw new OperatorError(`no message ${number}; there are ${messages.length}`);
  console.log(`To: ${message.to}\nSubject: ${message.subject}\nDate: ${message.date}\n\n${message.text}`);
}
