import * as tls from "node:tls";
import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";

/** The service account that configures Keycloak, and where it does so. */
export interface AdminAccount {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Logs in to Keycloak's admin API, trusting the stack's CA beside the usual ones.
 *
 * @param caCertificate PEM
 * @throws {Error} when Keycloak cannot be reached or refuses the account
 */
export async function connectAdmin(
  { url, clientId, clientSecret }: AdminAccount,
  caCertificate: string,
): Promise<KeycloakAdminClient> {
  // Loaded only now: a preview need not wait for it.
  const { default: AdminClient } = await import("@keycloak/keycloak-admin-client");
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), caCertificate]);
  const client = new AdminClient({ baseUrl: url, realmName: "master" });
  await client.auth({ grantType: "client_credentials", clientId, clientSecret });
  return client;
}
