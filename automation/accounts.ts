import { stringify } from "csv-stringify/sync";
import { renderTable } from "../bootstrap/table.ts";
import { aliasDomainOf } from "../components/settings/derived.ts";
import type { Account } from "./account.ts";
import { accountsOnlyLinkedTo, listAccounts } from "./account-list.ts";
import { readArguments } from "./arguments.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { readOutputs, type StackView } from "./outputs.ts";
import { labelSpam } from "./spam-label.ts";
import { readStackSettings } from "./stack-settings.ts";
import { withinReach } from "./tunnel.ts";
import { explained, openStack } from "./workspace.ts";

const USAGE = `usage: npm run accounts -- list [--never-logged-in] [--before DATE] [--spam] [--without-alias] [--csv]
       npm run accounts -- spam USER [--reason TEXT]
       npm run accounts -- unspam USER
       npm run accounts -- only-linked-to PROVIDER [--csv]
options: --stack STACK (dev by default), --realm REALM (the stack's first by default)

list    accounts, of all or of those for which everything that is asked holds:
        nobody ever logged in, made before DATE (such as 2026-01-31), labelled as spam, without an alias
        because another account has it
spam    labels an account as spam: all its sessions end, and it cannot log in by any path
unspam  takes the label away
only-linked-to  accounts that have no other identity than one of this provider: who must link
        another before the provider goes`;

const COLUMNS: readonly (keyof Account)[] = ["username", "email", "created", "lastLogin", "spam"];

await runCommand(async () => {
  const { words, options } = readArguments({
    usage: USAGE,
    words: ["ACTION", "NAME?"],
    options: {
      "never-logged-in": "flag",
      before: "value",
      spam: "flag",
      "without-alias": "flag",
      csv: "flag",
      reason: "value",
      stack: "value",
      realm: "value",
    },
  });
  const [action, name] = words;
  const text = (option: string): string | undefined => {
    const value = options[option];
    return value === true ? undefined : value;
  };
  const stackName = text("stack") ?? "dev";
  const stack = await openStack(stackName);
  const view = readOutputs(stackName, await explained(stackName, () => stack.outputs()));
  const realm = realmOf(view, text("realm"));

  await withinReach(stackName, async () => {
    if (action === "list" && name === undefined) {
      const before = text("before");
      const withoutAlias = options["without-alias"] === true;
      if (withoutAlias && aliasDomainOf(await readStackSettings(stack), realm) === undefined) {
        throw new OperatorError(`realm ${realm} gives no aliases: it has no aliasDomain`);
      }
      const accounts = await listAccounts(stack, view, realm, {
        neverLoggedIn: options["never-logged-in"] === true,
        spam: options.spam === true,
        withoutAlias,
        ...(before === undefined ? {} : { before: dateOf(before) }),
      });
      print(accounts, options.csv === true);
    } else if (action === "only-linked-to" && name !== undefined) {
      print(await accountsOnlyLinkedTo(view, realm, name), options.csv === true);
    } else if (action === "spam" && name !== undefined) {
      await labelSpam(view, realm, name, text("reason") ?? "spam");
      console.log(
        `${name} of realm ${realm} is labelled as spam: its sessions have ended and it cannot log in.`,
      );
    } else if (action === "unspam" && name !== undefined) {
      await labelSpam(view, realm, name, undefined);
      console.log(`${name} of realm ${realm} may log in again.`);
    } else throw new OperatorError(`unknown: ${words.join(" ")}\n${USAGE}`);
  });
});

function print(accounts: readonly Account[], asCsv: boolean): void {
  const rows = accounts.map((account) => COLUMNS.map((column) => account[column] ?? ""));
  if (asCsv) console.log(stringify([COLUMNS, ...rows], { escape_formulas: true }).trimEnd());
  else console.log(`${renderTable([COLUMNS, ...rows])}\n${rows.length} accounts`);
}

function realmOf(view: StackView, asked: string | undefined): string {
  const names = Object.keys(view.realms);
  const realm = asked ?? names[0];
  if (realm === undefined || view.realms[realm] === undefined) {
    throw new OperatorError(`no realm ${realm ?? ""}; the stack has ${names.join(", ")}`);
  }
  return realm;
}

function dateOf(text: string): Date {
  const date = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.getTime())) {
    throw new OperatorError(`--before ${text}: not a date; give one such as 2026-01-31`);
  }
  return date;
}
