import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { connectAdmin } from "../components/keycloak/admin-client.ts";
import { type Account, type AccountFilter, isoTime, present, withoutMilliseconds } from "./account.ts";
import { execIn } from "./containers.ts";
import { accountsIn, ldapSearch } from "./directory-accounts.ts";
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
      ? await usersOf(await connectAdmin(view.admin, view.caCertificate), realm, filter)
      : accountsIn(await execIn(stack, "openldap", ldapSearch(filter)));
  return accounts.sort((a, b) => a.username.localeCompare(b.username));
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
