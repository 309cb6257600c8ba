import { setTimeout as sleep } from "node:timers/promises";
import * as openid from "openid-client";
import { ADA, prepareAda } from "../e2e/ada.ts";
import {
  ask,
  isLoginPage,
  logIn,
  loginOf,
  redirectUriOf,
  relyingParty,
  returned,
} from "../e2e/relying-party.ts";
import { textOf } from "../stack/visitor.ts";
import { adminApi } from "../stack/keycloak.ts";
import { COMMUNITY } from "../stack/services.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();

beforeAll(() => prepareAda(stack));

/** Redirect URIs that are not the registered one, by what is wrong with them. */
const ALTERED: Readonly<Record<string, (uri: string) => string>> = {
  "below the registered one": (uri) => `${uri}/more`,
  "with a slash more": (uri) => `${uri}/`,
  "at another path": (uri) => uri.replace("/callback", "/elsewhere"),
  "in capitals": (uri) => uri.replace("/callback", "/CALLBACK"),
  "a folder up": (uri) => `${uri}/../elsewhere`,
  "with encoded dots": (uri) => `${uri}/%2e%2e/elsewhere`,
  "with encoded slashes": (uri) => `${uri}%2f..%2felsewhere`,
  "encoded twice": (uri) => uri.replace("/callback", "/%2563allback"),
  "with a query": (uri) => `${uri}?next=https://evil.test`,
  "with a fragment": (uri) => `${uri}#part`,
  "over plain HTTP": (uri) => uri.replace("https:", "http:"),
  "at another port": (uri) => uri.replace(".test/", ".test:8443/"),
  "at another host": (uri) => uri.replace(".test/", ".example/"),
  "at a host that begins alike": (uri) => uri.replace(".test/", ".test.evil.test/"),
  "below the host": (uri) => uri.replace("https://", "https://evil."),
  "at the host with a trailing dot": (uri) => uri.replace(".test/", ".test./"),
  "behind user info": (uri) => uri.replace(".test/", ".test@evil.test/"),
  "with user info": (uri) => uri.replace("https://", "https://evil@"),
  "behind a backslash": (uri) => uri.replace("https://", String.raw`https://evil.test\@`),
  "without a scheme": (uri) => uri.replace("https:", ""),
  "of another service": () => redirectUriOf("rotated"),
  "on the loopback": () => "http://127.0.0.1/callback",
  "with a wildcard": (uri) => uri.replace("/callback", "/*"),
};

/** Changes a client by hand for as long as `work` takes. */
async function withClient(clientId: string, change: object, work: () => Promise<void>): Promise<void> {
  const api = adminApi(stack);
  const [client] = await api.get<{ id: string; attributes: object }[]>(
    `/${COMMUNITY}/clients?clientId=${clientId}`,
  );
  if (client === undefined) throw new Error(`no client ${clientId}`);
  const path = `/${COMMUNITY}/clients/${client.id}`;
  await api.put(path, { ...client, ...change });
  try {
    await work();
  } finally {
    await api.put(path, client);
  }
}

describe.each([
  { service: "app", access: "confidential" },
  { service: "page", access: "public" },
] as const)("$service, a $access client", ({ service }) => {
  test("control: its own redirect URI leads to the login page", async () => {
    expect(isLoginPage(await ask(service))).toBe(true);
  });

  test.each(Object.entries(ALTERED))("a redirect URI %s is refused", async (_, change) => {
    const answer = await ask(service, { redirect_uri: change(redirectUriOf(service)) });
    expect([answer.status, answer.leftFor]).toEqual([400, undefined]);
    expect(textOf(answer.page)).toContain("redirect_uri");
  });

  test.each([
    ["no challenge", { code_challenge: undefined, code_challenge_method: undefined }],
    ["a challenge in plain text", { code_challenge: "a".repeat(43), code_challenge_method: "plain" }],
    ["a challenge of no method", { code_challenge: "a".repeat(43), code_challenge_method: undefined }],
  ])("a request with %s gets no code", async (_, changes) => {
    const { leftFor } = await ask(service, changes);
    expect(leftFor?.searchParams.get("error")).toBe("invalid_request");
    expect(leftFor?.searchParams.get("code")).toBeNull();
  });

  test("a code is worth nothing with another verifier", async () => {
    const { party, address, checks } = await returned(service);
    const guessed = { ...checks, pkceCodeVerifier: openid.randomPKCECodeVerifier() };
    await expect(openid.authorizationCodeGrant(party, address, guessed)).rejects.toMatchObject({
      error: "invalid_grant",
    });
  });

  test("a code is good once, and what it gave is withdrawn when it comes again", async () => {
    const { party, address, checks } = await returned(service);
    const { refresh_token: refresh = "" } = await openid.authorizationCodeGrant(party, address, checks);
    await expect(openid.authorizationCodeGrant(party, address, checks)).rejects.toMatchObject({
      error: "invalid_grant",
    });
    await expect(openid.refreshTokenGrant(party, refresh)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("a refresh token is good once", async () => {
    const party = await relyingParty(loginOf(service));
    const { refresh_token: first = "" } = await logIn(service);
    const { refresh_token: second = "" } = await openid.refreshTokenGrant(party, first);
    await sleep(1100); // Keycloak tells an older token of a session by its second
    const { refresh_token: third = "" } = await openid.refreshTokenGrant(party, second); // control
    expect(new Set([first, second, third]).size).toBe(3);
    await expect(openid.refreshTokenGrant(party, first)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test.each(["token", "id_token", "code id_token"])("gets nothing by response type %s", async (type) => {
    const { leftFor } = await ask(service, { response_type: type });
    const answer = new URLSearchParams(leftFor?.hash.slice(1));
    expect(answer.get("error")).toBe("unauthorized_client");
    expect(leftFor?.href).not.toMatch(/(?:access_token|id_token|code)=/);
  });

  test("takes no password itself", async () => {
    const grant = openid.genericGrantRequest(await relyingParty(loginOf(service)), "password", { ...ADA });
    await expect(grant).rejects.toMatchObject({ error: "unauthorized_client" });
  });

  test("gets no offline access", async () => {
    const { leftFor } = await ask(service, { scope: "openid offline_access" });
    expect(leftFor?.searchParams.get("error")).toBe("invalid_scope");
  });
});

test("a confidential client with a wrong secret gets no token", async () => {
  const { address, checks } = await returned("app");
  const stranger = await relyingParty({ clientId: "app", clientSecret: "guessed" });
  await expect(openid.authorizationCodeGrant(stranger, address, checks)).rejects.toMatchObject({
    error: "unauthorized_client",
  });
});

describe("control: what the settings refuse would open the checks above", () => {
  test("without its PKCE method, a client needs no challenge", async () => {
    await withClient("page", { attributes: { "pkce.code.challenge.method": "" } }, async () => {
      const changes = { code_challenge: undefined, code_challenge_method: undefined };
      expect(isLoginPage(await ask("page", changes))).toBe(true);
    });
  });

  test("with a wildcard, a client may return anywhere below", async () => {
    const registered = redirectUriOf("page");
    await withClient("page", { redirectUris: [`${registered}*`] }, async () => {
      expect(isLoginPage(await ask("page", { redirect_uri: `${registered}/more` }))).toBe(true);
    });
  });
});
