import * as openid from "openid-client";
import { adminOf } from "../stack/admin.ts";
import { sharedStack } from "../stack/shared.ts";
import { ADA, prepareAda } from "./ada.ts";
import { type Arrival, fetchOf, textOf, Visitor } from "./visitor.ts";

const stack = sharedStack();
const realm = "community";
const issuer = new URL(stack.view.realms[realm]?.issuer ?? "");

beforeAll(() => prepareAda(stack, realm));

/** A relying party as openid-client makes it of what the stack tells a service. */
async function relyingParty(service: string): Promise<openid.Configuration> {
  const login = stack.view.realms[realm]?.services[service]?.at(-1);
  const fetch = fetchOf(stack) as unknown as openid.CustomFetch;
  return openid.discovery(issuer, login?.clientId ?? "", login?.clientSecret, undefined, {
    [openid.customFetch]: fetch,
  });
}

interface Request {
  readonly parameters: Record<string, string>;
  readonly checks: openid.AuthorizationCodeGrantChecks;
}

/** What a careful client sends to log somebody in, and checks in the answer. */
async function newRequest(service: string): Promise<Request> {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
  return {
    parameters: {
      redirect_uri: `https://${service}.services.test/callback`,
      scope: "openid profile email",
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
    },
    checks: { pkceCodeVerifier, expectedState, expectedNonce },
  };
}

type Tokens = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers;

async function logIn(service: string, visitor = new Visitor(stack)): Promise<Tokens> {
  const [party, { parameters, checks }] = await Promise.all([relyingParty(service), newRequest(service)]);
  const { leftFor, page } = await visitor.signIn(
    openid.buildAuthorizationUrl(party, parameters),
    ADA.username,
    ADA.password,
  );
  if (leftFor === undefined) throw new Error(textOf(page));
  return openid.authorizationCodeGrant(party, leftFor, checks);
}

function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
}

/** Opens an authorization request with some parameters other than a careful client's. */
async function ask(service: string, changes: Record<string, string | undefined>): Promise<Arrival> {
  const { parameters } = await newRequest(service);
  const merged = Object.entries({ ...parameters, ...changes }).filter(([, value]) => value !== undefined);
  const party = await relyingParty(service);
  return new Visitor(stack).open(
    openid.buildAuthorizationUrl(party, Object.fromEntries(merged) as Record<string, string>),
  );
}

const isLoginPage = ({ page }: Arrival): boolean => page.includes('id="kc-form-login"');

describe.each([
  ["app", "confidential"],
  ["page", "public"],
])("%s, a %s client", (service) => {
  test("logs in by code and PKCE, and reads who it is, groups and roles", async () => {
    const tokens = await logIn(service);
    expect(tokens.claims()).toMatchObject({
      iss: issuer.href,
      aud: service,
      preferred_username: "ada",
      name: "Ada Lovelace",
      email: "ada@people.test",
      groups: expect.arrayContaining(["developers", "editors"]) as string[],
      roles: ["editor"],
    });
    const userinfo = await openid.fetchUserInfo(
      await relyingParty(service),
      tokens.access_token,
      tokens.claims()?.sub ?? "",
    );
    expect(userinfo).toMatchObject({
      preferred_username: "ada",
      groups: expect.arrayContaining(["developers", "editors"]) as string[],
      roles: ["editor"],
    });
  });

  test("has its refresh token renewed each time; an old one is worth nothing", async () => {
    const party = await relyingParty(service);
    const { refresh_token: first = "" } = await logIn(service);
    const { refresh_token: second = "" } = await openid.refreshTokenGrant(party, first);
    expect(second).not.toBe(first);
    await expect(openid.refreshTokenGrant(party, first)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("ends the session at the id site, and comes back", async () => {
    const visitor = new Visitor(stack);
    const party = await relyingParty(service);
    const { id_token: hint = "", refresh_token: refresh = "" } = await logIn(service, visitor);
    const home = `https://${service}.services.test/`;
    const leave = (uri: string): Promise<Arrival> =>
      visitor.open(openid.buildEndSessionUrl(party, { id_token_hint: hint, post_logout_redirect_uri: uri }));
    const astray = await leave(`https://${service}.services.test/elsewhere`);
    expect([astray.status, astray.leftFor]).toEqual([400, undefined]);
    expect((await leave(home)).leftFor?.href).toBe(home);
    await expect(openid.refreshTokenGrant(party, refresh)).rejects.toMatchObject({ error: "invalid_grant" });
    const { parameters } = await newRequest(service);
    expect(isLoginPage(await visitor.open(openid.buildAuthorizationUrl(party, parameters)))).toBe(true);
  });

  test("positive control: its own redirect URI leads to the login page", async () => {
    expect(isLoginPage(await ask(service, {}))).toBe(true);
  });

  test.each([
    ["longer", (uri: string) => `${uri}/more`],
    ["a folder up", (uri: string) => `${uri}/../elsewhere`],
    ["encoded", (uri: string) => `${uri}%2f..%2felsewhere`],
    ["with a query", (uri: string) => `${uri}?next=https://evil.test`],
    ["with a fragment", (uri: string) => `${uri}#part`],
    ["over plain HTTP", (uri: string) => uri.replace("https:", "http:")],
    ["at another port", (uri: string) => uri.replace(".test/", ".test:8443/")],
    ["below the host", (uri: string) => uri.replace("https://", "https://evil.")],
    ["behind user info", (uri: string) => uri.replace(".test/", ".test@evil.test/")],
    ["behind a backslash", (uri: string) => uri.replace("https://", String.raw`https://evil.test\@`)],
    ["of another service", () => "https://rotated.services.test/callback"],
    ["on the loopback", () => "http://127.0.0.1/callback"],
  ])("a redirect URI %s is refused", async (_, change) => {
    const answer = await ask(service, { redirect_uri: change(`https://${service}.services.test/callback`) });
    expect(answer.leftFor).toBeUndefined();
    expect(answer.status).toBe(400);
    expect(textOf(answer.page)).toContain("redirect_uri");
  });

  test.each([
    ["no challenge", { code_challenge: undefined, code_challenge_method: undefined }],
    ["a challenge in plain text", { code_challenge: "a".repeat(43), code_challenge_method: "plain" }],
  ])("a request with %s gets no code", async (_, changes) => {
    const { leftFor } = await ask(service, changes);
    expect(leftFor?.searchParams.get("error")).toBe("invalid_request");
    expect(leftFor?.searchParams.get("code")).toBeNull();
  });

  test("a code is worth nothing without the verifier of its challenge", async () => {
    const [party, { parameters, checks }] = await Promise.all([relyingParty(service), newRequest(service)]);
    const url = openid.buildAuthorizationUrl(party, parameters);
    const { leftFor } = await new Visitor(stack).signIn(url, ADA.username, ADA.password);
    const guessed = { ...checks, pkceCodeVerifier: openid.randomPKCECodeVerifier() };
    await expect(openid.authorizationCodeGrant(party, leftFor ?? url, guessed)).rejects.toMatchObject({
      error: "invalid_grant",
    });
  });

  test.each(["token", "id_token", "code id_token"])("gets nothing by response type %s", async (type) => {
    const { leftFor } = await ask(service, { response_type: type });
    const answer = new URLSearchParams(leftFor?.hash.slice(1));
    expect(answer.get("error")).toBe("unauthorized_client");
    expect(leftFor?.href).not.toMatch(/(?:access_token|id_token|code)=/);
  });

  test("takes no password itself", async () => {
    const grant = openid.genericGrantRequest(await relyingParty(service), "password", {
      ...ADA,
    });
    await expect(grant).rejects.toMatchObject({ error: "unauthorized_client" });
  });

  test("gets no offline access", async () => {
    const { leftFor } = await ask(service, { scope: "openid offline_access" });
    expect(leftFor?.searchParams.get("error")).toBe("invalid_scope");
  });

  test("learns nothing of Keycloak's own roles", async () => {
    const { access_token: token } = await logIn(service);
    expect(claimsOf(token)).not.toHaveProperty("realm_access");
    expect(claimsOf(token)).not.toHaveProperty("resource_access");
    const admin = adminOf(stack);
    const [ada = {}] = (await admin.list(`/${realm}/users`, { username: "ada" })) ?? [];
    const all = await admin.list(`/${realm}/users/${String(ada["id"])}/role-mappings/realm/composite`);
    expect(all?.map(({ name }) => name)).toEqual(expect.arrayContaining(["editor", "offline_access"]));
  });
});

test("positive control: without the client's setting, no challenge would be needed", async () => {
  const admin = adminOf(stack);
  const [client] = (await admin.list(`/${realm}/clients`, { clientId: "page" })) ?? [];
  const set = (method: string): Promise<void> =>
    admin.put(`/${realm}/clients/${String(client?.["id"])}`, {
      attributes: { "pkce.code.challenge.method": method },
    });
  await set("");
  try {
    const changes = { code_challenge: undefined, code_challenge_method: undefined };
    expect(isLoginPage(await ask("page", changes))).toBe(true);
  } finally {
    await set("S256");
  }
});

test("a confidential client with a wrong secret gets no token", async () => {
  const [party, { parameters, checks }] = await Promise.all([relyingParty("app"), newRequest("app")]);
  const url = openid.buildAuthorizationUrl(party, parameters);
  const { leftFor } = await new Visitor(stack).signIn(url, ADA.username, ADA.password);
  const fetch = fetchOf(stack) as unknown as openid.CustomFetch;
  const stranger = await openid.discovery(issuer, "app", "guessed", undefined, {
    [openid.customFetch]: fetch,
  });
  await expect(openid.authorizationCodeGrant(stranger, leftFor ?? url, checks)).rejects.toMatchObject({
    error: "unauthorized_client",
  });
});
