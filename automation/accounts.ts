import type * as automation from "@pulumi/pulumi/automation/index.js";
import { stringify } from "csv-stringify/sync";
import { renderTable } from "../bootstrap/table.ts";
import { aliasDomainOf } from "../components/settings/derived.ts";
import type { Account } from "./account.ts";
import { accountsOnlyLinkedTo, listAccounts } from "./account-list.ts";
import { action, type GivenOptions, runAction } from "./arguments.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { type StackView, viewOf } from "./outputs.ts";
import { labelSpam } from "./spam-label.ts";
import { readStackSettings } from "./stack-settings.ts";
import { withinReach } from "./tunnel.ts";
import { openStack } from "./workspace.ts";

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
        another before the provider goes
--csv   for a spreadsheet or a mailing: npm --silent run accounts -- list --csv`;

const COLUMNS: readonly (keyof Account)[] = ["username", "email", "created", "lastLogin", "spam"];

/** Whose accounts. */
const WHERE = { stack: "value", realm: "value" } as const;

/** Which of them, and in what form. */
const LIST = {
  ...WHERE,
  "never-logged-in": "flag",
  before: "value",
  spam: "flag",
  "without-alias": "flag",
  csv: "flag",
} as const;

const ACTIONS = {
  list: action([], LIST, (_, options) => list(options)),
  spam: action(["USER"], { ...WHERE, reason: "value" }, ([user], options) =>
    inRealm(options, async ({ view, realm }) => {
      await labelSpam(view, realm, user, options.reason ?? "spam");
      console.log(
        `${user} of realm ${realm} is labelled as spam: its sessions have ended and it cannot log in.`,
      );
    }),
  ),
  unspam: action(["USER"], WHERE, ([user], options) =>
    inRealm(options, async ({ view, realm }) => {
      const isEnabled = await labelSpam(view, realm, user, undefined);
      console.log(
        isEnabled
          ? `${user} of realm ${realm} may log in again.`
          : `${user} of realm ${realm} has no label any more, but is disabled still, by an administrator or in the ` +
              "directory: if that is to end too, enable it in Keycloak's console.",
      );
    }),
  ),
  "only-linked-to": action(["PROVIDER"], { ...WHERE, csv: "flag" }, ([alias], options) =>
    inRealm(options, async ({ view, realm }) => {
      print(await accountsOnlyLinkedTo(view, realm, alias), options.csv === true);
    }),
  ),
};

await runCommand(() => runAction(USAGE, ACTIONS));

async function list(options: GivenOptions<typeof LIST>): Promise<void> {
  const withoutAlias = options["without-alias"] === true;
  const filter = {
    neverLoggedIn: options["never-logged-in"] === true,
    spam: options.spam === true,
    withoutAlias,
    ...(options.before === undefined ? {} : { before: dateOf(options.before) }),
  };
  await inRealm(options, async ({ stack, view, realm }) => {
    if (withoutAlias && aliasDomainOf(await readStackSettings(stack), realm) === undefined) {
      throw new OperatorError(`realm ${realm} gives no aliases: it has no aliasDomain`);
    }
    print(await listAccounts(stack, view, realm, filter), options.csv === true);
  });
}

interface Place {
  readonly stack: automation.Stack;
  readonly view: StackView;
  readonly realm: string;
}

/** Opens a stack, dev by default, and does something with a realm's accounts, by default those of its first. */
async function inRealm(
  where: GivenOptions<typeof WHERE>,
  use: (place: Place) => Promise<void>,
): Promise<void> {
  const { stack: stackName = "dev" } = where;
  const stack = await openStack(stackName);
  const view = await viewOf(stack);
  const realm = realmOf(view, where.realm);
  await withinReach(stackName, () => use({ stack, view, realm }));
}

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
