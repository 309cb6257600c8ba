import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { execIn } from "./containers.ts";
import type { StackView } from "./outputs.ts";
import { adminClient } from "./sync-realm.ts";

export interface Account {
  readonly username: string;
  readonly email?: string;
  /** ISO 8601, UTC. */
  readonly created?: string;
  /** ISO 8601, UTC; absent when nobody ever logged in. */
  readonly lastLogin?: string;
  /** Why it is labelled as spam. */
  readonly spam?: string;
}

/** What an account must be to be listed; what is left out does not matter. */
export interface AccountFilter {
  readonly neverLoggedIn: boolean;
  readonly spam: boolean;
  /** Made before this time. */
  readonly before?: Date;
}

/** Users that Keycloak is asked for at once. */
const PAGE = 1000;

/** Accounts of a realm by user name: a directory realm's from its directory, another's from Keycloak. */
export async function listAccounts(
  stack: automation.Stack,
  view: StackView,
  realm: string,
  filter: AccountFilter,
): Promise<Account[]> {
  const accounts =
    view.realms[realm]?.federationId === undefined
      ? await usersOf(await adminClient(view), realm, filter)
      : accountsIn(await execIn(stack, "openldap", ldapSearch(filter)));
  return accounts.sort((a, b) => a.username.localeCompare(b.username));
}

const ATTRIBUTES = ["uid", "mail", "createTimestamp", "ssoLastLogin", "ssoSpamLabel"];

function ldapSearch({ neverLoggedIn, spam, before }: AccountFilter): string[] {
  const conditions = [
    "(objectClass=inetOrgPerson)",
    ...(neverLoggedIn ? ["(!(ssoLastLogin=*))"] : []),
    ...(spam ? ["(ssoSpamLabel=*)"] : []),
    // LDAP knows no `<`: everything but what was made then or later.
    ...(before === undefined ? [] : [`(!(createTimestamp>=${generalizedTime(before)}))`]),
  ];
  return ["ldapsearch", "-Q", "-LLL", "-o", "ldif-wrap=no", `(&${conditions.join("")})`, ...ATTRIBUTES];
}

/** The accounts in LDIF (RFC 2849) without folded lines. */
export function accountsIn(ldif: string): Account[] {
  return ldif
    .split(/\n{2,}/)
    .map((entry) => new Map(entry.split("\n").map(attributeIn)))
    .filter((values) => values.has("uid"))
    .map((values) => ({
      username: values.get("uid") ?? "",
      ...present("email", values.get("mail")),
      ...present("created", isoTime(values.get("createTimestamp"))),
      ...present("lastLogin", isoTime(values.get("ssoLastLogin"))),
      ...present("spam", values.get("ssoSpamLabel")),
    }));
}

function attributeIn(line: string): [string, string] {
  const [, name = "", encoded, value = ""] = /^([^:]+):(:?) ?(.*)$/.exec(line) ?? [];
  return [name, encoded === ":" ? Buffer.from(value, "base64").toString() : value];
}

async function usersOf(
  client: KeycloakAdminClient,
  realm: string,
  filter: AccountFilter,
): Promise<Account[]> {
  const accounts: Account[] = [];
  for (let first = 0; ; first += PAGE) {
    const users = await client.users.find({ realm, first, max: PAGE, briefRepresentation: false });
    for (const user of users) {
      const attributes = (user.attributes ?? {}) as Record<string, string[] | undefined>;
      const lastLogin = isoTime(attributes.lastLogin?.[0]);
      const spam = attributes.spam?.[0];
      const created = new Date(user.createdTimestamp ?? 0);
      if (filter.neverLoggedIn && lastLogin !== undefined) continue;
      if (filter.spam && spam === undefined) continue;
      if (filter.before !== undefined && created >= filter.before) continue;
      accounts.push({
        username: user.username ?? "",
        ...present("email", user.email),
        created: withoutMilliseconds(created),
        ...present("lastLogin", lastLogin),
        ...present("spam", spam),
      });
    }
    if (users.length < PAGE) return accounts;
  }
}

function present(key: keyof Account, value: string | undefined): Partial<Account> {
  return value === undefined ? {} : { [key]: value };
}

/** A time as LDAP writes it, such as `20261122045530Z` (RFC 4517, section 3.3.13). */
export function generalizedTime(time: Date): string {
  return withoutMilliseconds(time).replaceAll(/[-:T]/g, "");
}

function isoTime(generalized: string | undefined): string | undefined {
  return generalized?.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d).*$/, "$1-$2-$3T$4:$5:$6Z");
}

function withoutMilliseconds(time: Date): string {
  return time.toISOString().replace(/\.\d+/, "");
}
