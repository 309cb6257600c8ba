import * as tls from "node:tls";
import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";

/** The service account that configures Keycloak, and where it does so. */
export interface AdminAccount {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Logs in to Keycloak's admin API, trusting the stack's CA beside the usual ones. The login is renewed for as long as
 * the client is used.
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
  const connection = { baseUrl: url, realmName: "master" };
  // A service account gets no refresh token, which the client itself would need to renew its login.
  const account = new AdminClient(connection);
  const logIn = (): Promise<void> =>
    account.auth({ grantType: "client_credentials", clientId, clientSecret });
  await logIn();
  const client = new AdminClient(connection);
  client.registerTokenProvider({
    getAccessToken: async () => {
      if (account.isTokenExpired()) await logIn();
      return account.accessToken;
    },
  });
  return client;
}
