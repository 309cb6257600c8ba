import { connectAdmin } from "../components/keycloak/admin-client.ts";
import { OperatorError } from "./fail.ts";
import type { StackView } from "./outputs.ts";

export type SyncAction = "triggerFullSync" | "triggerChangedUsersSync";

/** Names of the realms whose accounts are in the directory. */
export function directoryRealms(view: StackView): string[] {
  return Object.keys(view.realms).filter((name) => view.realms[name]?.federationId !== undefined);
}

/**
 * Has Keycloak read a realm's accounts from its directory.
 *
 * @returns Keycloak's own summary, such as `2 imported users, 0 updated users`
 * @throws {OperatorError} when the stack has no such realm or accounts failed to sync
 */
export async function syncRealm(view: StackView, realm: string, action: SyncAction): Promise<string> {
  const found = view.realms[realm];
  if (found === undefined) {
    throw new OperatorError(`no realm ${realm}; the stack has ${Object.keys(view.realms).join(", ")}`);
  }
  const { federationId } = found;
  if (federationId === undefined) throw new OperatorError(`realm ${realm} has no directory to sync from`);
  const client = await connectAdmin(view.admin, view.caCertificate);
  const result = await client.userStorageProvider.sync({ realm, id: federationId, action });
  const failed = result.failed ?? 0;
  if (failed > 0) {
    throw new OperatorError(
      `realm ${realm}: ${failed} accounts failed to sync; see: docker logs of Keycloak`,
    );
  }
  return result.status ?? "synced";
}
