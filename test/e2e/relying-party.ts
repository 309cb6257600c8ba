import * as openid from "openid-client";
import { COMMUNITY, SERVICES } from "../stack/services.ts";
import { sharedStack } from "../stack/shared.ts";
import { ADA } from "./ada.ts";
import { type Arrival, fetchOf, textOf, Visitor } from "../stack/visitor.ts";

const stack = sharedStack();

export const ISSUER = new URL(stack.view.realms[COMMUNITY]?.issuer ?? "");

export type OpenidService = "app" | "page" | "rotated" | "zuul";

/** What a service is told to log people in with. */
export interface Login {
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
}

/** The newest login of a service that the stack came up with. */
export function loginOf(service: OpenidService): Login {
  const login = stack.view.realms[COMMUNITY]?.services[service]?.at(-1);
  if (login === undefined) throw new Error(`the stack has no service ${service}`);
  return login;
}

/** A relying party as openid-client makes it of a login. */
export async function relyingParty({ clientId, clientSecret }: Login): Promise<openid.Configuration> {
  const fetch = fetchOf(stack) as unknown as openid.CustomFetch;
  return openid.discovery(ISSUER, clientId, clientSecret, undefined, { [openid.customFetch]: fetch });
}

/** The address that a service has logins return to. */
export function redirectUriOf(service: OpenidService): string {
  return service === "zuul"
    ? `${SERVICES.zuul.url}/auth_callback`
    : (SERVICES[service].redirectUris[0] ?? "");
}

export interface Request {
  readonly parameters: Readonly<Record<string, string>>;
  readonly checks: openid.AuthorizationCodeGrantChecks & { readonly pkceCodeVerifier: string };
}

/** What a careful client sends to log somebody in, and checks in the answer. */
export async function newRequest(service: OpenidService): Promise<Request> {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
  return {
    parameters: {
      redirect_uri: redirectUriOf(service),
      scope: "openid profile email",
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
    },
    checks: { pkceCodeVerifier, expectedState, expectedNonce },
  };
}

/** A login up to the address, with a code in it, that a person is sent back to the service by. */
export interface Returned {
  readonly party: openid.Configuration;
  readonly address: URL;
  readonly checks: Request["checks"];
}

export async function returned(
  service: OpenidService,
  login: Login = loginOf(service),
  visitor = new Visitor(stack),
): Promise<Returned> {
  const [party, { parameters, checks }] = await Promise.all([relyingParty(login), newRequest(service)]);
  const url = openid.buildAuthorizationUrl(party, parameters);
  const { leftFor, page } = await visitor.signIn(url, ADA.username, ADA.password);
  if (leftFor === undefined) throw new Error(textOf(page));
  return { party, address: leftFor, checks };
}

export type Tokens = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers;

/** Has ada log in to a service. */
export async function logIn(...login: Parameters<typeof returned>): Promise<Tokens> {
  const { party, address, checks } = await returned(...login);
  return openid.authorizationCodeGrant(party, address, checks);
}

/** Opens an authorization request with some parameters other than a careful client's. */
export async function ask(
  service: OpenidService,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Arrival> {
  const { parameters } = await newRequest(service);
  const merged = Object.entries({ ...parameters, ...changes }).filter(([, value]) => value !== undefined);
  const party = await relyingParty(loginOf(service));
  return new Visitor(stack).open(
    openid.buildAuthorizationUrl(party, Object.fromEntries(merged) as Record<string, string>),
  );
}

export function isLoginPage({ page }: Arrival): boolean {
  return page.includes('id="kc-form-login"');
}

/** What a token says; whether it is genuine is not looked at. */
export function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
}
