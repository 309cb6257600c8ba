import * as path from "node:path";
import type { Browser, Page } from "playwright-core";
import { SERVICES } from "../stack/services.ts";
import { sharedStack } from "../stack/shared.ts";
import { ADA, prepareAda } from "./ada.ts";
import { openBrowser, openPage, visit } from "./browser.ts";
import { pasteFor } from "./paste.ts";
import { pythonPackages } from "./python-packages.ts";
import { startSite } from "./site.ts";

const stack = sharedStack();
const { url: site } = SERVICES.lists;
const { hostname, port } = new URL(site);
let browser: Browser;
let page: Page;
let remove: () => void;

beforeAll(async () => {
  await prepareAda(stack);
  remove = await startSite(stack, {
    name: "lists",
    url: site,
    image: "python",
    files: { "paste.py": pasteFor(stack, "lists", "settings.py") },
    folders: {
      "/opt/packages": pythonPackages(),
      "/opt/site": path.join(import.meta.dirname, "sites/lists"),
    },
    environment: { PYTHONPATH: "/opt/packages:/opt/site", REQUESTS_CA_BUNDLE: "/tls/ca.crt" },
    command: ["/opt/site/serve.py", stack.address, port],
  });
  browser = await openBrowser(stack, [hostname]);
  page = await openPage(browser);
});

afterAll(async () => {
  await browser.close();
  remove();
});

test("the site's own login page leads to the id site, with a PKCE challenge", async () => {
  await visit(page, `${site}/accounts/oidc/lists/login/`);
  const request = page.waitForRequest((each) => each.url().includes("/protocol/openid-connect/auth"));
  await page.getByRole("button", { name: "Continue" }).click();
  const asked = (await request).url();
  await page.waitForSelector("#username");
  const url = new URL(page.url());
  expect(url.hostname).toBe(stack.domain);
  expect(asked).toContain("code_challenge_method=S256");
});

test("who comes back has an account, with an address that the id site vouches for", async () => {
  await page.fill("#username", ADA.username);
  await page.fill("#password", ADA.password);
  await page.click("#kc-login");
  await page.waitForURL(`${site}/`);
  expect(JSON.parse(await page.locator("body").innerText())).toEqual({
    username: "ada",
    addresses: [{ email: "ada@people.test", verified: true }],
    provider: "lists",
    subject: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
});
