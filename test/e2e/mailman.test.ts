import * as path from "node:path";
import type { Browser, Page } from "playwright-core";
import { sharedStack } from "../stack/shared.ts";
import { ADA, prepareAda } from "./ada.ts";
import { openBrowser } from "./browser.ts";
import { pasteFor } from "./paste.ts";
import { pythonPackages } from "./python-packages.ts";
import { newSites, startSite } from "./site.ts";

const stack = sharedStack();
const site = "https://lists.services.test:8444";
let browser: Browser;
let page: Page;
let stop: () => void;

beforeAll(async () => {
  await prepareAda(stack, "community");
  const sites = newSites(stack, ["lists"]);
  stop = await startSite(stack, sites, {
    name: "lists",
    port: 8444,
    image: "python",
    files: { "paste.py": pasteFor(stack, "lists", "settings.py") },
    folders: { "/opt/packages": pythonPackages(), "/opt/site": path.join(__dirname, "sites/lists") },
    environment: {
      PYTHONPATH: "/opt/packages:/opt/site",
      REQUESTS_CA_BUNDLE: "/etc/site/ca.crt",
    },
    command: ["/opt/site/serve.py", stack.address, "8444"],
  });
  browser = await openBrowser(stack, sites);
  page = await browser.newPage();
  page.setDefaultTimeout(60_000);
});

afterAll(async () => {
  await browser.close();
  stop();
});

test("the site's own login page leads to the id site, with a PKCE challenge", async () => {
  await page.goto(`${site}/accounts/oidc/lists/login/`);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForSelector("#username");
  const url = new URL(page.url());
  expect(url.hostname).toBe(stack.domain);
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
