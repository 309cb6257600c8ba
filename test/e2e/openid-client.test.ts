import * as openid from "openid-client";
import { adminApi } from "../stack/keycloak.ts";
import { SERVICES } from "../stack/services.ts";
import { sharedStack } from "../stack/shared.ts";
import { ADA, pathOfAda, prepareAda } from "./ada.ts";
import {
  claimsOf,
  isLoginPage,
  ISSUER,
  logIn,
  loginOf,
  newRequest,
  redirectUriOf,
  relyingParty,
} from "./relying-party.ts";
import { type Arrival, Visitor } from "../stack/visitor.ts";

const stack = sharedStack();

const GROUPS_AND_ROLES = {
  groups: expect.arrayContaining(["developers", "editors"]) as string[],
  roles: ["editor"],
};

beforeAll(() => prepareAda(stack));

describe.each([
  { service: "app", access: "confidential" },
  { service: "page", access: "public" },
] as const)("$service, a $access client", ({ service }) => {
  test("logs in by code and PKCE, and reads who it is, groups and roles", async () => {
    const tokens = await logIn(service);
    expect(tokens.claims()).toMatchObject({
      iss: ISSUER.href,
      aud: service,
      preferred_username: "ada",
      name: "Ada Lovelace",
      email: "ada@people.test",
      ...GROUPS_AND_ROLES,
    });
    const party = await relyingParty(loginOf(service));
    const userinfo = await openid.fetchUserInfo(party, tokens.access_token, tokens.claims()?.sub ?? "");
    expect(userinfo).toMatchObject({ preferred_username: "ada", ...GROUPS_AND_ROLES });
  });

  test("ends the session at the id site, and comes back", async () => {
    const visitor = new Visitor(stack);
    const party = await relyingParty(loginOf(service));
    const tokens = await logIn(service, loginOf(service), visitor);
    const { id_token: hint = "", refresh_token: refresh = "" } = tokens;
    const home = `${SERVICES[service].url}/`;
    const leave = (uri: string): Promise<Arrival> =>
      visitor.open(openid.buildEndSessionUrl(party, { id_token_hint: hint, post_logout_redirect_uri: uri }));
    const astray = await leave(`${home}elsewhere`);
    expect([astray.status, astray.leftFor]).toEqual([400, undefined]);
    expect((await leave(home)).leftFor?.href).toBe(home);
    await expect(openid.refreshTokenGrant(party, refresh)).rejects.toMatchObject({ error: "invalid_grant" });
    const { parameters } = await newRequest(service);
    expect(isLoginPage(await visitor.open(openid.buildAuthorizationUrl(party, parameters)))).toBe(true);
  });

  test("learns nothing of Keycloak's own roles", async () => {
    const { access_token: token } = await logIn(service);
    expect(claimsOf(token)).not.toHaveProperty("realm_access");
    expect(claimsOf(token)).not.toHaveProperty("resource_access");
    const api = adminApi(stack);
    const roles = await api.get<{ name: string }[]>(`${await pathOfAda(api)}/role-mappings/realm/composite`);
    expect(roles.map(({ name }) => name)).toEqual(expect.arrayContaining(["editor", "offline_access"]));
  });
});

describe("Zuul's web interface, which speaks the implicit flow alone", () => {
  /** Signs ada in with a response type. */
  async function signIn(responseType: string): Promise<Arrival> {
    const [party, { parameters }] = await Promise.all([relyingParty(loginOf("zuul")), newRequest("zuul")]);
    const url = openid.buildAuthorizationUrl(party, {
      redirect_uri: redirectUriOf("zuul"),
      scope: "openid profile",
      response_type: responseType,
      nonce: parameters.nonce ?? "",
    });
    const visitor = new Visitor(stack);
    return responseType === "code" ? visitor.open(url) : visitor.signIn(url, ADA.username, ADA.password);
  }

  test("gets a token that its own API takes", async () => {
    const { leftFor } = await signIn("token id_token");
    expect(leftFor?.href).toMatch(new RegExp(`^${redirectUriOf("zuul")}#`));
    const token = new URLSearchParams(leftFor?.hash.slice(1)).get("access_token") ?? "";
    expect(claimsOf(token)).toMatchObject({ aud: "zuul", preferred_username: "ada", ...GROUPS_AND_ROLES });
  });

  test("gets no code", async () => {
    const { leftFor } = await signIn("code");
    expect(leftFor?.searchParams.get("error")).toBe("unauthorized_client");
    expect(leftFor?.searchParams.get("code")).toBeNull();
  });
});
