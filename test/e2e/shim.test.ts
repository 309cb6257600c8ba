import * as openid from "openid-client";
import type { Browser, Page } from "playwright-core";
import { type AdminApi, adminApi } from "../stack/keycloak.ts";
import { OPENID, UBUNTU_ONE, UBUNTU_ONE_HOST } from "../stack/outside.ts";
import { sharedStack } from "../stack/shared.ts";
import { claimedIdOf, oldIdentifierOf, startUbuntuOne } from "../stack/ubuntu-one.ts";
import { fetchOf } from "../stack/visitor.ts";
import { inWindow, openBrowser, visit } from "./browser.ts";
import { confirmAddress, confirmProfile, profileOn } from "./first-login.ts";

const stack = sharedStack();
const REALM = "developers";
const ACCOUNT = `https://${stack.domain}/realms/${REALM}/account`;

const person = (nickname: string, teams: readonly string[] = []) => ({
  nickname,
  email: `${nickname}@ubuntuone.test`,
  fullname: `${nickname} Lovelace`,
  timezone: "Europe/London",
  teams,
});

let api: AdminApi;
let browser: Browser;
let removeUbuntuOne: () => void;

beforeAll(async () => {
  api = adminApi(stack);
  removeUbuntuOne = await startUbuntuOne(stack, {
    lin: person("lin", ["reviewers", "strangers"]),
    mei: person("mei"),
    kim: person("kim"),
  });
  browser = await openBrowser(stack, [UBUNTU_ONE_HOST]);
});

afterAll(async () => {
  await browser.close();
  removeUbuntuOne();
  for (const name of ["lin", "mei", "kim"]) {
    for (const { id } of await usersOf(name)) await api.delete(`/${REALM}/users/${id}`);
  }
});

interface User {
  readonly id: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

function usersOf(name: string): Promise<User[]> {
  return api.get<User[]>(`/${REALM}/users?exact=true&email=${name}@ubuntuone.test`);
}

async function identitiesOf(name: string): Promise<{ identityProvider: string; userId: string }[]> {
  const [user] = await usersOf(name);
  return api.get(`/${REALM}/users/${user?.id ?? "nobody"}/federated-identity`);
}

const asPerson = <T>(work: (page: Page) => Promise<T>): Promise<T> => inWindow(browser, work);

async function comeBy(page: Page, provider: string): Promise<void> {
  await visit(page, `${ACCOUNT}/`, `#social-${provider}`);
  await page.click(`#social-${provider}`);
}

/** Confirms profile and address, as far as where the login was begun. */
async function makeAccount(page: Page, name: string, home = ACCOUNT): Promise<void> {
  expect(await profileOn(page)).toEqual({ username: name, email: `${name}@ubuntuone.test` });
  await confirmProfile(page);
  await confirmAddress(page, `${name}@ubuntuone.test`);
  await page.waitForURL(`${home}/**`, { waitUntil: "commit" });
}

describe("Ubuntu One", () => {
  test("a first login makes an account of what it says", async () => {
    await asPerson(async (page) => {
      await comeBy(page, UBUNTU_ONE);
      await page.click("#lin");
      await makeAccount(page, "lin");
    });
    const claimedId = claimedIdOf("lin");
    expect(await identitiesOf("lin")).toMatchObject([{ identityProvider: UBUNTU_ONE, userId: claimedId }]);
    expect((await usersOf("lin"))[0]?.attributes).toMatchObject({
      teams: ["reviewers"], // of those that were asked for, and no others
      fullname: ["lin Lovelace"],
      timezone: ["Europe/London"],
    });
  });

  test("the next login leads to the same account without a question", async () => {
    const [before] = await usersOf("lin");
    await asPerson(async (page) => {
      await comeBy(page, UBUNTU_ONE);
      await page.click("#lin");
      await page.waitForURL(`${ACCOUNT}/**`);
    });
    expect((await usersOf("lin")).map(({ id }) => id)).toEqual([before?.id]);
  });

  test("who says no there is back on the login page, and told so", async () => {
    await asPerson(async (page) => {
      await comeBy(page, UBUNTU_ONE);
      await page.click("#cancel");
      await page.waitForSelector(`#social-${UBUNTU_ONE}`);
      expect(await page.textContent("body")).toContain("the login was cancelled");
    });
  });
});

describe("at a service", () => {
  const CLIENT = "shim-app";
  const SERVICE = oldIdentifierOf("service"); // any page that a browser can show
  const redirectUri = `${SERVICE}/callback`;

  beforeAll(() =>
    api.post(`/${REALM}/clients`, { clientId: CLIENT, publicClient: true, redirectUris: [redirectUri] }),
  );
  afterAll(async () => {
    const [client] = await api.get<{ id: string }[]>(`/${REALM}/clients?clientId=${CLIENT}`);
    await api.delete(`/${REALM}/clients/${client?.id ?? ""}`);
  });

  /** Begins a login at the service, has the person go through it, and gives whom the service was told of. */
  async function told(page: Page, goThrough: () => Promise<void>): Promise<openid.IDToken | undefined> {
    const issuer = new URL(`https://${stack.domain}/realms/${REALM}`);
    const party = await openid.discovery(issuer, CLIENT, undefined, undefined, {
      [openid.customFetch]: fetchOf(stack) as unknown as openid.CustomFetch,
    });
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const url = openid.buildAuthorizationUrl(party, {
      redirect_uri: redirectUri,
      scope: "openid profile email",
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
    });
    await visit(page, url.href, `#social-${UBUNTU_ONE}`);
    await page.click(`#social-${UBUNTU_ONE}`);
    await goThrough();
    await page.waitForURL(`${SERVICE}/**`, { waitUntil: "commit" }); // the page itself is none
    const tokens = await openid.authorizationCodeGrant(party, new URL(page.url()), { pkceCodeVerifier });
    return tokens.claims();
  }

  test("who logs in second in the same browser is not taken for who was there before", async () => {
    await asPerson(async (page) => {
      expect(await told(page, () => page.click("#lin"))).toMatchObject({
        preferred_username: "lin",
        email: "lin@ubuntuone.test",
      });
      await page.context().clearCookies({ path: `/realms/${REALM}/` });
      const cookies = await page.context().cookies(`https://${stack.domain}/shim/sso.php`);
      expect(cookies).not.toEqual([]); // positive control: the shim still knows this browser
      const ofKim = await told(page, async () => {
        await page.click("#kim");
        await makeAccount(page, "kim", SERVICE);
      });
      expect(ofKim).toMatchObject({ preferred_username: "kim", email: "kim@ubuntuone.test" });
    });
  });
});

/** What an account holds that somebody has given it by hand. */
async function edit(name: string, values: { firstName?: string; teams: readonly string[] }): Promise<void> {
  const [user] = await usersOf(name);
  const { teams, ...others } = values;
  await api.put(`/${REALM}/users/${user?.id ?? "nobody"}`, {
    ...{ ...user, ...others },
    attributes: { ...user?.attributes, teams },
  });
}

test("with each login an account gets what only the provider says, and keeps what people edit", async () => {
  await edit("lin", { firstName: "Linnea", teams: ["strangers"] });
  await edit("kim", { teams: ["reviewers"] });
  expect((await usersOf("kim"))[0]?.attributes).toMatchObject({ teams: ["reviewers"] }); // control
  for (const name of ["lin", "kim"]) {
    await asPerson(async (page) => {
      await comeBy(page, UBUNTU_ONE);
      await page.click(`#${name}`);
      await page.waitForURL(`${ACCOUNT}/**`);
    });
  }
  expect(await usersOf("lin")).toMatchObject([{ firstName: "Linnea", attributes: { teams: ["reviewers"] } }]);
  expect((await usersOf("kim"))[0]?.attributes).not.toHaveProperty("teams");
});

describe("an OpenID that a person enters", () => {
  test("by OpenID 1.1", async () => {
    await asPerson(async (page) => {
      await comeBy(page, OPENID);
      await page.fill("#openid", oldIdentifierOf("mei"));
      await page.click("button");
      await page.click("#mei");
      await makeAccount(page, "mei");
    });
    const claimedId = oldIdentifierOf("mei");
    expect(await identitiesOf("mei")).toMatchObject([{ identityProvider: OPENID, userId: claimedId }]);
  });

  test("may be another one, after the way back from the first one's page", async () => {
    await asPerson(async (page) => {
      await comeBy(page, OPENID);
      await page.fill("#openid", claimedIdOf("lin"));
      const form = page.url();
      await page.click("button");
      await page.waitForSelector("#lin");
      await page.goBack();
      await page.fill("#openid", oldIdentifierOf("mei"));
      await page.click("button");
      await page.waitForSelector("#mei");
      await page.goto(form.replace("enter.php", "return.php")); // where it is not yet
      expect(await page.textContent("h1")).toBe("Please start again");
    });
  });

  test("that is none is refused where it was entered, and another may be tried", async () => {
    await asPerson(async (page) => {
      await comeBy(page, OPENID);
      await page.fill("#openid", "https://169.254.169.254/latest/meta-data");
      await page.click("button");
      expect(await page.textContent("#fault")).toContain("only https with the name of a host");
      await page.fill("#openid", claimedIdOf("lin"));
      await page.click("button");
      await page.waitForSelector("#lin");
    });
  });
});
