import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";
import { connectAdmin } from "../components/keycloak/admin-client.ts";
import { OperatorError } from "./fail.ts";
import type { StackView } from "./outputs.ts";

export type SyncAction = "triggerFullSync" | "triggerChangedUsersSync";

/** Names of the realms whose accounts are in the directory. */
export function directoryRealms(view: StackView): string[] {
  return Object.keys(view.realms).filter((name) => view.realms[name]?.federationId !== undefined);
}

/** What Keycloak shows of the secrets that it keeps, and takes for them. */
const STORED = "**********";

/** Milliseconds between two looks at how many accounts there are. */
const LOOK_MS = 2000;

/**
 * Has Keycloak read a realm's accounts from its directory.
 *
 * @param progress is told now and then how many accounts Keycloak knows
 * @returns Keycloak's own summary, such as `2 imported users, 0 updated users`
 * @throws {OperatorError} when the stack has no such realm, its directory is away, or accounts failed to sync
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
  const client = await connectAdmin(view.admin, view.caCertificate);
  await checkDirectory(client, realm, federationId);
  const look = async (): Promise<void> => progress?.(await client.users.count({ realm }));
  const looks = setInterval(() => void look().catch(() => undefined), LOOK_MS); // the sync itself says what is wrong
  const result = await client.userStorageProvider.sync({ realm, id: federationId, action }).finally(() => {
    clearInterval(looks);
  });
  const failed = result.failed ?? 0;
  if (failed > 0) {
    throw new OperatorError(
      `realm ${realm}: ${failed} accounts failed to sync; see: docker logs of Keycloak`,
    );
  }
  return result.status ?? "synced";
}

/** Whether Keycloak can log in to the directory: of one that it cannot reach, a sync itself says that nothing changed. */
async function checkDirectory(
  client: KeycloakAdminClient,
  realm: string,
  federationId: string,
): Promise<void> {
  const { config = {} } = (await client.components.findOne({ realm, id: federationId })) ?? {};
  const valueOf = (key: string): string => (config[key] as string[] | undefined)?.[0] ?? "";
  try {
    await client.realms.testLDAPConnection(
      { realm },
      {
        action: "testAuthentication",
        componentId: federationId,
        connectionUrl: valueOf("connectionUrl"),
        authType: valueOf("authType"),
        bindDn: valueOf("bindDn"),
        bindCredential: STORED,
        useTruststoreSpi: valueOf("useTruststoreSpi"),
        connectionTimeout: valueOf("connectionTimeout"),
      },
    );
  } catch (error) {
    throw new OperatorError(
      `realm ${realm}: Keycloak cannot log in to ${valueOf("connectionUrl")} as ${valueOf("bindDn")} ` +
        `(${error instanceof Error ? error.message : String(error)}); is OpenLDAP up? See: docker ps, docker logs`,
    );
  }
}

/** Syncs realms one after the other and says how each gets on and what came of it. */
export async function syncRealms(
  view: StackView,
  realms: readonly string[],
  action: SyncAction,
): Promise<void> {
  for (const realm of realms) {
    const progress = (accounts: number): void => {
      console.error(`realm ${realm}: ${accounts} accounts so far …`);
    };
    console.log(`realm ${realm}: ${await syncRealm(view, realm, action, progress)}`);
  }
}
