import { Connection, type Rest } from "../../plugins/keycloak/connection.ts";
import { readSettings } from "../../plugins/keycloak/settings.ts";
import type { SharedStack } from "./shared.ts";

/** Keycloak's administration API, as a person at the console uses it. */
export function adminOf({ view: { admin, caCertificate } }: SharedStack): Rest {
  const settings = readSettings({
    url: admin.url,
    clientId: admin.clientId,
    clientSecret: admin.clientSecret,
    rootCaCertificate: caCertificate,
  });
  return new Connection(settings).rest(new AbortController().signal);
}
