import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { type Account, type AccountFilter, isoTime, present, withoutMilliseconds } from "./account.ts";
import { asAdmin } from "./as-admin.ts";
import { execIn } from "./containers.ts";
import { accountsIn, ldapSearch } from "./directory-accounts.ts";
import { OperatorError } from "./fail.ts";
import type { StackView } from "./outputs.ts";

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
      ? await asAdmin(view, (client) => usersOf(client, realm, filter))
      : accountsIn(await execIn(stack, "openldap", ldapSearch(filter)));
  return accounts.sort((a, b) => a.username.localeCompare(b.username));
}

async function usersOf(
  client: KeycloakAdminClient,
  realm: string,
  filter: AccountFilter,
): Promise<Account[]> {
  const accounts: Account[] = [];
  for await (const user of usersIn(client, { realm })) {
    const account = accountOf(user);
    if (filter.neverLoggedIn === true && account.lastLogin !== undefined) continue;
    if (filter.spam === true && account.spam === undefined) continue;
    if (filter.before !== undefined && new Date(user.createdTimestamp ?? 0) >= filter.before) continue;
    accounts.push(account);
  }
  return accounts;
}

/**
 * Accounts of a realm that have an identity of one provider and none of another on the login page, by user name: whoever
 * would be locked out if that provider went.
 *
 * @throws {OperatorError} where the realm has no such provider
 */
export function accountsOnlyLinkedTo(view: StackView, realm: string, alias: string): Promise<Account[]> {
  return asAdmin(view, (client) => onlyLinkedTo(client, realm, alias));
}

async function onlyLinkedTo(client: KeycloakAdminClient, realm: string, alias: string): Promise<Account[]> {
  const providers = await client.identityProviders.find({ realm });
  const aliases = providers.map((provider) => provider.alias ?? "");
  if (!aliases.includes(alias)) {
    const others = aliases.length === 0 ? "none" : aliases.join(", ");
    throw new OperatorError(`no identity provider ${alias} in realm ${realm}; it has ${others}`);
  }
  const accounts = new Map<string, Account>();
  for await (const user of usersIn(client, { realm, idpAlias: alias })) {
    accounts.set(user.id ?? "", accountOf(user));
  }
  for (const other of providers) {
    if (other.alias === alias || other.enabled === false || other.hideOnLogin === true) continue;
    for await (const user of usersIn(client, { realm, idpAlias: other.alias ?? "" })) {
      accounts.delete(user.id ?? "");
    }
  }
  return [...accounts.values()].sort((a, b) => a.username.localeCompare(b.username));
}

type User = Awaited<ReturnType<KeycloakAdminClient["users"]["find"]>>[number];

/** Users that a query finds, asked for a page at a time. */
async function* usersIn(
  client: KeycloakAdminClient,
  query: { readonly realm: string; readonly idpAlias?: string },
): AsyncGenerator<User> {
  for (let first = 0; ; first += PAGE) {
    const users = await client.users.find({ ...query, first, max: PAGE, briefRepresentation: false });
    yield* users;
    if (users.length < PAGE) return;
  }
}

function accountOf(user: User): Account {
  const attributes = (user.attributes ?? {}) as Record<string, string[] | undefined>;
  return {
    username: user.username ?? "",
    ...present("email", user.email),
    created: withoutMilliseconds(new Date(user.createdTimestamp ?? 0)),
    ...present("lastLogin", isoTime(attributes.lastLogin?.[0])),
    ...present("spam", attributes.spam?.[0]),
  };
}
