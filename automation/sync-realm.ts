import { setTimeout as sleep } from "node:timers/promises";
import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";
import type SynchronizationResultRepresentation from "@keycloak/keycloak-admin-client/lib/defs/synchronizationResultRepresentation.js";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { Naming } from "../components/host/naming.ts";
import { directoryFault } from "../components/realm/directory-login.ts";
import { aliasDomainOf } from "../components/settings/derived.ts";
import type { Settings } from "../components/settings/schema.ts";
import { listAccounts } from "./account-list.ts";
import { asAdmin } from "./as-admin.ts";
import { OperatorError } from "./fail.ts";
import type { StackView } from "./outputs.ts";

export type SyncAction = "triggerFullSync" | "triggerChangedUsersSync";

/** Names of the realms whose accounts are in the directory. */
export function directoryRealms(view: StackView): string[] {
  return Object.keys(view.realms).filter((name) => view.realms[name]?.federationId !== undefined);
}

/** Milliseconds between two looks at how many accounts there are. */
const LOOK_MS = 2000;

/** How long another sync is waited for, and how long between two tries, in milliseconds. */
const TURN = { withinMs: 5 * 60_000, everyMs: 5000 };

/**
 * Syncs once no other sync of the realm is running; while one is, Keycloak does nothing and says so.
 *
 * @throws {OperatorError} when the other one does not end in time
 */
export async function inTurn(
  realm: string,
  sync: () => Promise<SynchronizationResultRepresentation>,
  { withinMs, everyMs } = TURN,
): Promise<SynchronizationResultRepresentation> {
  let result = await sync();
  if (result.ignored === true) console.error(`realm ${realm}: another sync is running; waiting for it …`);
  for (const end = performance.now() + withinMs; result.ignored === true; result = await sync()) {
    if (performance.now() >= end)
      throw new OperatorError(`realm ${realm}: another sync is running; run this again when it has ended`);
    await sleep(everyMs);
  }
  return result;
}

/**
 * Has Keycloak read a realm's accounts from its directory, after any other sync that is running.
 *
 * @param progress is told now and then how many accounts Keycloak knows
 * @returns Keycloak's own summary, such as `2 imported users, 0 updated users`
 * @throws {OperatorError} when the stack has no such realm, its directory is away, another sync does not end, or accounts
 * failed to sync
 */
export async function syncRealm(
  view: StackView,
  realm: string,
  action: SyncAction,
  progress?: (accounts: number) => void,
): Promise<string> {
  const found = view.realms[realm];
  if (found === undefined) {
    throw new OperatorError(`no realm ${realm}; the stack has ${Object.keys(view.realms).join(", ")}`);
  }
  const { federationId } = found;
  if (federationId === undefined) throw new OperatorError(`realm ${realm} has no directory to sync from`);
  return asAdmin(view, (client) =>
    synced(client, new Naming(view.stack), realm, federationId, action, progress),
  );
}

async function synced(
  client: KeycloakAdminClient,
  naming: Naming,
  realm: string,
  federationId: string,
  action: SyncAction,
  progress?: (accounts: number) => void,
): Promise<string> {
  const fault = await directoryFault(client, realm, federationId);
  if (fault !== undefined)
    throw new OperatorError(
      `realm ${realm}: ${fault}; is OpenLDAP up? See: docker logs ${naming.of("openldap")}`,
    );
  const look = async (): Promise<void> => progress?.(await client.users.count({ realm }));
  const looks = setInterval(() => void look().catch(() => undefined), LOOK_MS); // the sync itself says what is wrong
  const result = await inTurn(realm, () =>
    client.userStorageProvider.sync({ realm, id: federationId, action }),
  ).finally(() => {
    clearInterval(looks);
  });
  const failed = result.failed ?? 0;
  if (failed > 0) {
    throw new OperatorError(
      `realm ${realm}: ${failed} accounts failed to sync; see: docker logs ${naming.of("keycloak")}`,
    );
  }
  return result.status ?? "synced";
}

/** Syncs realms one after the other and says how each gets on, what came of it, and who has no alias. */
export async function syncRealms(
  stack: automation.Stack,
  settings: Settings,
  view: StackView,
  realms: readonly string[],
  action: SyncAction,
): Promise<void> {
  for (const realm of realms) {
    const progress = (accounts: number): void => {
      console.error(`realm ${realm}: ${accounts} accounts so far …`);
    };
    console.log(`realm ${realm}: ${await syncRealm(view, realm, action, progress)}`);
    if (aliasDomainOf(settings, realm) === undefined) continue;
    const { length } = await listAccounts(stack, view, realm, { withoutAlias: true });
    if (length === 0) continue;
    const command = `npm run accounts -- list --without-alias --stack ${stack.name} --realm ${realm}`;
    console.log(
      `realm ${realm}: ${length} without an alias, because another account has it; see: ${command}`,
    );
  }
}
