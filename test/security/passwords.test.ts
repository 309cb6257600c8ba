import { textOf, Visitor } from "../stack/visitor.ts";
import { grant } from "../stack/grant.ts";
import { adminApi } from "../stack/keycloak.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { sharedStack } from "../stack/shared.ts";
import { loginUrl } from "../stack/authorization.ts";

const stack = sharedStack();
const DIRECTORY = "community";
const BROKER = "developers";
const USER = "walter";

/** Someone with a password in both realms: even a right one must be of no use in the broker realm. */
beforeAll(async () => {
  const api = adminApi(stack);
  for (const realm of [DIRECTORY, BROKER]) await newPerson(api, realm, USER);
});

/** Where Keycloak answers people and clients without a login, below a realm. */
const ENDPOINTS = [
  "account/",
  "broker/campus/endpoint",
  "broker/github/endpoint",
  "clients-registrations/default",
  "clients-registrations/openid-connect",
  "device",
  "login-actions/action-token",
  "login-actions/authenticate",
  "login-actions/first-broker-login",
  "login-actions/post-broker-login",
  "login-actions/registration",
  "login-actions/required-action",
  "login-actions/reset-credentials",
  "login-actions/restart",
  "protocol/docker-v2/auth",
  "protocol/openid-connect/auth",
  "protocol/openid-connect/auth/device",
  "protocol/openid-connect/ext/ciba/auth",
  "protocol/openid-connect/ext/par/request",
  "protocol/openid-connect/forgot-credentials",
  "protocol/openid-connect/logout",
  "protocol/openid-connect/registrations",
  "protocol/openid-connect/token",
  "protocol/saml",
] as const;

const CLIENTS = ["account", "account-console", "admin-cli", "security-admin-console"];

/**
 * What tells Keycloak which login a request belongs to: in every link and form of a login's pages.
 *
 * @throws where a login does not begin with such a page
 */
async function beginLogin(visitor: Visitor, realm: string): Promise<URLSearchParams> {
  const { page } = await visitor.open(loginUrl(stack, realm));
  const [, query] = /\?([^"]*session_code=[^"]*)"/.exec(page) ?? [];
  if (query === undefined) throw new Error(`no login of realm ${realm} begins: ${textOf(page)}`);
  return new URLSearchParams(query.replaceAll("&amp;", "&"));
}

const addressOf = (realm: string, endpoint: string, query: URLSearchParams): string =>
  `https://${stack.domain}/realms/${realm}/${endpoint}?${query.toString()}`;

/** Endpoints that answer with a page that has a field for a password, at the start of a login or in the middle. */
async function asking(realm: string): Promise<string[]> {
  const found: string[] = [];
  const start = new URL(loginUrl(stack, realm)).searchParams;
  for (const endpoint of ENDPOINTS) {
    const visitor = new Visitor(stack);
    for (const query of [start, await beginLogin(visitor, realm)]) {
      const { page } = await visitor.open(addressOf(realm, endpoint, query));
      if (/<input[^>]*(type|name)="password/i.test(page)) found.push(endpoint);
    }
  }
  return [...new Set(found)];
}

/** Endpoints that take a name and a password for a login, posted to them in the middle of one. */
async function taking(realm: string): Promise<string[]> {
  const found: string[] = [];
  for (const endpoint of ENDPOINTS) {
    const visitor = new Visitor(stack);
    const { url } = await visitor.submit({
      action: addressOf(realm, endpoint, await beginLogin(visitor, realm)),
      fields: { username: USER, password: PASSWORD, credentialId: "" },
    });
    if (new URL(url).searchParams.has("code")) found.push(endpoint);
  }
  return found;
}

/** Clients whose password grant gives tokens. */
async function granting(realm: string): Promise<string[]> {
  const found: string[] = [];
  for (const client of CLIENTS) {
    const form = { grant_type: "password", client_id: client, username: USER, password: PASSWORD };
    if ((await grant(stack, realm, form)).status === 200) found.push(client);
  }
  return found;
}

test("no endpoint of a broker realm asks for a password", async () => {
  expect(await asking(BROKER)).toEqual([]);
});

test("control: those of a directory realm are seen to", async () => {
  expect(await asking(DIRECTORY)).toEqual(
    expect.arrayContaining(["login-actions/authenticate", "protocol/openid-connect/auth"]),
  );
});

test("no endpoint of a broker realm takes one, though it is right", async () => {
  expect(await taking(BROKER)).toEqual([]);
});

test("control: the login form of a directory realm does", async () => {
  expect(await taking(DIRECTORY)).toEqual(["login-actions/authenticate"]);
});

test("no client of a broker realm gets tokens for one, one of a directory realm does", async () => {
  expect(await granting(BROKER)).toEqual([]);
  expect(await granting(DIRECTORY)).toEqual(["admin-cli"]);
});

test("nobody is ever asked to set one in a broker realm", async () => {
  const enabled = async (realm: string): Promise<string[]> => {
    const actions = await adminApi(stack).get<{ alias: string; enabled: boolean }[]>(
      `/${realm}/authentication/required-actions`,
    );
    return actions.filter((action) => action.enabled).map(({ alias }) => alias);
  };
  expect(await enabled(BROKER)).not.toContain("UPDATE_PASSWORD");
  expect(await enabled(DIRECTORY)).toContain("UPDATE_PASSWORD");
});
