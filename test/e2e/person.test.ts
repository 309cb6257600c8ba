import type { Browser, Page } from "playwright-core";
import { valuesOf } from "../stack/directory.ts";
import { newMailTo } from "../stack/mailbox.ts";
import { sharedStack } from "../stack/shared.ts";
import { openBrowser, openPage, visit } from "./browser.ts";

const OLD_PASSWORD = "nanoseconds of wire 1952"; // of grace, in components/openldap/seeds/dev.ldif
const NEW_PASSWORD = "a rear admiral's compiler 7";

const stack = sharedStack();
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser(stack);
  page = await openPage(browser);
});

afterAll(() => browser.close());

async function signIn(password: string): Promise<void> {
  await page.fill("#username", "grace");
  await page.fill("#password", password);
  await page.click("#kc-login");
}

const signedIn = (): Promise<void> => page.getByRole("button", { name: "Grace Hopper" }).waitFor();

test("the id site leads to the account console's login, over TLS that the browser trusts", async () => {
  const response = await visit(page, `https://${stack.domain}/`);
  expect(await response?.securityDetails()).toMatchObject({ issuer: `${stack.domain} CA` });
  await page.waitForSelector("#username");
  expect(page.url()).toContain(`https://${stack.domain}/realms/community/protocol/openid-connect/auth`);
});

test("a person of the directory logs in, the first time with a proof of the e-mail address", async () => {
  await signIn(OLD_PASSWORD);
  await page.getByText("You need to verify your email address").waitFor();
  const { text } = await newMailTo("grace@people.test");
  const [link = ""] = /https:\/\/\S+/.exec(text) ?? [];
  await visit(page, link);
  await signedIn();
});

test("changes the password, which the directory keeps as a hash", async () => {
  const [before] = valuesOf(stack, "grace", "userPassword");
  await visit(page, `https://${stack.domain}/realms/community/account/account-security/signing-in`);
  await page.getByRole("button", { name: "Update" }).click();
  await page.fill("#password-new", NEW_PASSWORD);
  await page.fill("#password-confirm", NEW_PASSWORD);
  await page.click("#kc-submit");
  await signedIn();
  const [after] = valuesOf(stack, "grace", "userPassword");
  expect(after).toMatch(/^\{ARGON2\}\$argon2i/);
  expect(after).not.toBe(before);
  expect(after).not.toContain(NEW_PASSWORD);
});

test("logs out", async () => {
  await page.getByRole("button", { name: "Grace Hopper" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForSelector("#username");
});

test("no longer gets in with the old password", async () => {
  await signIn(OLD_PASSWORD);
  await page.getByText("Invalid username or password.").waitFor();
});

test("logs in with the new one", async () => {
  await signIn(NEW_PASSWORD);
  await signedIn();
});
