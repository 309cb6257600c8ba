import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";

/** What Keycloak shows of the secrets that it keeps, and takes for them. */
const STORED = "**********";

/**
 * Why Keycloak cannot log in to a realm's directory; `undefined` when it can. Of a directory that it cannot reach, a
 * sync itself says that nothing changed.
 */
export async function directoryFault(
  client: KeycloakAdminClient,
  realm: string,
  federationId: string,
): Promise<string | undefined> {
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
    return undefined;
  } catch (error) {
    return (
      `Keycloak cannot log in to ${valueOf("connectionUrl")} as ${valueOf("bindDn")} ` +
      `(${error instanceof Error ? error.message : String(error)})`
    );
  }
}
