import type { Browser, Page } from "playwright-core";
import { type AdminApi, adminApi } from "../stack/keycloak.ts";
import { OPENID, UBUNTU_ONE, UBUNTU_ONE_HOST } from "../stack/outside.ts";
import { sharedStack } from "../stack/shared.ts";
import { claimedIdOf, oldIdentifierOf, startUbuntuOne } from "../stack/ubuntu-one.ts";
import { inWindow, openBrowser, visit } from "./browser.ts";

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
  });
  browser = await openBrowser(stack, [UBUNTU_ONE_HOST]);
});

afterAll(async () => {
  await browser.close();
  removeUbuntuOne();
  for (const name of ["lin", "mei"]) {
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

/** What the profile form of a first login is filled with. */
async function profileOn(page: Page): Promise<Record<string, string>> {
  await page.waitForSelector("#kc-idp-review-profile-form");
  const names = ["username", "email"];
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await page.inputValue(`#${name}`)] as const)),
  );
}

async function confirmProfile(page: Page): Promise<void> {
  await page.fill("#firstName", "Ada");
  await page.fill("#lastName", "Lovelace");
  await page.locator("#kc-idp-review-profile-form [type=submit]").click();
  await page.waitForURL(`${ACCOUNT}/**`);
}

describe("Ubuntu One", () => {
  test("a first login makes an account of what it says", async () => {
    await asPerson(async (page) => {
      await comeBy(page, UBUNTU_ONE);
      await page.click("#lin");
      expect(await profileOn(page)).toEqual({ username: "lin", email: "lin@ubuntuone.test" });
      await confirmProfile(page);
    });
    const claimedId = claimedIdOf("lin");
    expect(await identitiesOf("lin")).toMatchObject([{ identityProvider: UBUNTU_ONE, userId: claimedId }]);
    // Of the teams that were asked for, and no others.
    expect((await usersOf("lin"))[0]?.attributes?.teams).toEqual(["reviewers"]);
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

describe("an OpenID that a person enters", () => {
  test("by OpenID 1.1", async () => {
    await asPerson(async (page) => {
      await comeBy(page, OPENID);
      await page.fill("#openid", oldIdentifierOf("mei"));
      await page.click("button");
      await page.click("#mei");
      expect(await profileOn(page)).toEqual({ username: "mei", email: "mei@ubuntuone.test" });
      await confirmProfile(page);
    });
    const claimedId = oldIdentifierOf("mei");
    expect(await identitiesOf("mei")).toMatchObject([{ identityProvider: OPENID, userId: claimedId }]);
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
