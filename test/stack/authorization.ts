import type { SharedStack } from "./shared.ts";

/** An address of the account console's client that asks a realm for a login, without the console itself. */
export function loginUrl(stack: SharedStack, realm: string, endpoint = "auth"): string {
  const base = `https://${stack.domain}/realms/${realm}`;
  const query = new URLSearchParams({
    client_id: "account-console",
    redirect_uri: `${base}/account/`,
    response_type: "code",
    scope: "openid",
    code_challenge: "0".repeat(43),
    code_challenge_method: "S256",
  });
  return `${base}/protocol/openid-connect/${endpoint}?${query.toString()}`;
}
