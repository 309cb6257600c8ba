import type { SharedStack } from "./shared.ts";
import { Visitor } from "./visitor.ts";

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

/**
 * Whether a realm takes somebody's password: it answers with the code that a client would redeem, or asks for what it
 * only asks of people who are in, such as to confirm their address.
 */
export async function canLogIn(
  stack: SharedStack,
  realm: string,
  username: string,
  password: string,
): Promise<boolean> {
  const { url } = await new Visitor(stack).signIn(loginUrl(stack, realm), username, password);
  const { searchParams, pathname } = new URL(url);
  return searchParams.has("code") || pathname.endsWith("/login-actions/required-action");
}
