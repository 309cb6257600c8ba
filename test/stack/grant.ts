import { fetchOf } from "./visitor.ts";
import type { SharedStack } from "./shared.ts";

/** What the token endpoint answers to a client that has no secret. */
export interface Granted {
  readonly status: number;
  /** Access token; empty when there is none. */
  readonly token: string;
  /** Empty when there is none. */
  readonly refreshToken: string;
  /** All that it said. */
  readonly text: string;
}

/** Asks a realm for tokens; as `admin-cli`, which may use passwords, unless the form says otherwise. */
export async function grant(
  stack: SharedStack,
  realm: string,
  form: Readonly<Record<string, string>>,
): Promise<Granted> {
  const answer = await fetchOf(stack)(
    `https://${stack.domain}/realms/${realm}/protocol/openid-connect/token`,
    {
      method: "POST",
      body: new URLSearchParams({ client_id: "admin-cli", ...form }),
    },
  );
  const text = await answer.text();
  // A flow that refuses everyone answers with a page.
  const { access_token: token = "", refresh_token: refreshToken = "" } = (
    answer.ok ? JSON.parse(text) : {}
  ) as { access_token?: string; refresh_token?: string };
  return { status: answer.status, token, refreshToken, text };
}

export function grantByPassword(
  stack: SharedStack,
  realm: string,
  username: string,
  password: string,
): Promise<Granted> {
  return grant(stack, realm, { grant_type: "password", username, password });
}

export function grantByRefresh(stack: SharedStack, realm: string, token: string): Promise<Granted> {
  return grant(stack, realm, { grant_type: "refresh_token", refresh_token: token });
}
