import * as path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { loginUrl } from "../stack/authorization.ts";
import { adminApi } from "../stack/keycloak.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { sharedStack } from "../stack/shared.ts";
import { THEME } from "../stack/throwaway.ts";
import { barriers, openBrowser, openPage, visit } from "./browser.ts";

/** Where the README's pictures go; made only when this names a folder, such as `docs/pictures`. */
const PICTURES = process.env.SSO_PICTURES;
const PICTURED = /^((login|providers|account)-desktop-light|providers-phone-dark)$/;

const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const;

/** `--sso-page` of both schemes, as browsers say it. */
const PAGE_COLOUR = { light: "rgb(244, 245, 247)", dark: "rgb(21, 24, 28)" } as const;

/** What the keyboard is at: its ID, else its text. */
const FOCUSED = "document.activeElement.id || document.activeElement.textContent.trim()";

const stack = sharedStack();
const site = `https://${stack.domain}`;
const realm = `${site}/realms/community`;
const account = `${realm}/account`;
const USER = "paige";
const UNCONFIRMED = "parker"; // whose address nobody has confirmed yet
const SUPPORT = { label: "Help and support", url: THEME.support };

let browser: Browser;
beforeAll(async () => {
  const api = adminApi(stack);
  await newPerson(api, "community", USER);
  const id = await newPerson(api, "community", UNCONFIRMED);
  await api.put(`/community/users/${id}`, { emailVerified: false });
  browser = await openBrowser(stack);
});
afterAll(() => browser.close());

/** A person's browser, and every address that its pages have asked for. */
interface Visit {
  readonly page: Page;
  readonly requests: string[];
}

async function newVisit(options: BrowserContextOptions = SCREENS.desktop): Promise<Visit> {
  const page = await openPage(browser, options);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  return { page, requests };
}

function outside(requests: readonly string[]): string[] {
  return requests.filter((url) => new URL(url).origin !== site && !url.startsWith("data:"));
}

/** Opens a realm's login page without the console, which takes longer to find out that nobody is signed in. */
const openLoginOf = (page: Page, name: string): Promise<unknown> => visit(page, loginUrl(stack, name));

async function openLogin(page: Page): Promise<void> {
  await openLoginOf(page, "community");
  await page.waitForSelector("#username");
}

async function signIn(page: Page): Promise<void> {
  await visit(page, site, "#username");
  await page.fill("#username", USER);
  await page.fill("#password", PASSWORD);
  await page.click("#kc-login");
  await page.getByRole("heading", { name: "Personal info" }).waitFor();
}

/** Opens a page of the console, which is there when `text` is: of what it lists, not of its frame. */
async function openInConsole(page: Page, place: string, text: string): Promise<void> {
  await visit(page, `${account}/${place}`);
  await page.getByText(text).first().waitFor();
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined && PICTURED.test(name))
    await page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
}

/** Pages by what they are called in the pictures; those of the console follow on its sign-in. */
const PAGES: readonly (readonly [name: string, open: (page: Page) => Promise<unknown>])[] = [
  ["login", openLogin],
  [
    "wrong-password",
    async (page) => {
      await page.fill("#username", "nobody");
      await page.fill("#password", "wrong");
      await page.click("#kc-login");
      await page.getByText("Invalid username or password.").waitFor();
    },
  ],
  [
    "register",
    async (page) => {
      await openLogin(page);
      await page.getByRole("link", { name: "Register" }).click();
      await page.waitForSelector("#kc-register-form");
    },
  ],
  [
    "forgotten-password",
    async (page) => {
      await openLogin(page);
      await page.getByRole("link", { name: "Forgot Password?" }).click();
      await page.waitForSelector("#kc-reset-password-form");
    },
  ],
  [
    "unconfirmed-address",
    async (page) => {
      await openLogin(page);
      await page.fill("#username", UNCONFIRMED);
      await page.fill("#password", PASSWORD);
      await page.click("#kc-login");
      await page.getByText("You need to verify your email address").waitFor();
    },
  ],
  [
    "providers",
    async (page) => {
      await openLoginOf(page, "developers");
      await page.getByRole("link", { name: "Campus" }).waitFor();
    },
  ],
  ["error", (page) => visit(page, `${realm}/protocol/openid-connect/auth?client_id=nobody`)],
  ["account", signIn],
  ["signing-in", (page) => openInConsole(page, "account-security/signing-in", "Basic authentication")],
  ["devices", (page) => openInConsole(page, "account-security/device-activity", "Current session")],
  ["applications", (page) => openInConsole(page, "applications", "Application type")],
  [
    "sign-out",
    async (page) => {
      await page.getByRole("link", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign out" }).waitFor();
    },
  ],
];

describe.each([
  ["desktop", "light"],
  ["desktop", "dark"],
  ["phone", "light"],
  ["phone", "dark"],
] as const)("on a %s in %s mode", (screen, colorScheme) => {
  let visitor: Visit;
  beforeAll(async () => {
    visitor = await newVisit({ ...SCREENS[screen], colorScheme });
  });
  afterAll(() => visitor.page.context().close());

  test.each(PAGES)("%s: no barrier, nothing from elsewhere, no scrolling sideways", async (name, open) => {
    const { page, requests } = visitor;
    await open(page);
    expect(await barriers(page)).toEqual([]);
    expect(outside(requests)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(SCREENS[screen].viewport.width);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
      PAGE_COLOUR[colorScheme],
    );
    await picture(page, `${name}-${screen}-${colorScheme}`);
  });
});

describe("positive control", () => {
  test("a page with barriers is told from one without", async () => {
    const { page } = await newVisit();
    await openLogin(page);
    await page.evaluate('document.querySelector("#kc-login").replaceChildren()');
    await page.evaluate('document.querySelector("#kc-page-title").style.color = "#cccccc"');
    expect(await barriers(page)).toEqual(["button-name: #kc-login", "color-contrast: #kc-page-title"]);
    await page.context().close();
  });

  test("a request to elsewhere is seen", async () => {
    const { page, requests } = await newVisit();
    await openLogin(page);
    const pixel = "https://elsewhere.test/pixel.png";
    await Promise.all([page.waitForRequest(pixel), page.evaluate(`void (new Image().src = "${pixel}")`)]);
    expect(outside(requests)).toEqual([pixel]);
    await page.context().close();
  });
});

async function linksIn(page: Page, name: string): Promise<{ label: string; url: string | null }[]> {
  const links = await page.getByRole("navigation", { name }).locator("li a").all();
  return Promise.all(
    links.map(async (link) => ({ label: await link.innerText(), url: await link.getAttribute("href") })),
  );
}

test("login pages show the community's name, links, announcement, footer and where help is", async () => {
  const { page } = await newVisit();
  await openLogin(page);
  expect(await linksIn(page, "Services")).toEqual(THEME.links);
  expect(await page.locator("#kc-header-wrapper").innerHTML()).toContain("<strong>Maintenance</strong>");
  expect(await page.locator(".sso-brand").innerText()).toBe("Community");
  expect(await page.locator(".sso-footer").innerText()).toContain(THEME.footer);
  expect(await page.getByRole("link", { name: SUPPORT.label }).getAttribute("href")).toBe(SUPPORT.url);
  await page.context().close();
});

test("the form comes first for the keyboard, then the links in their order", async () => {
  const { page } = await newVisit();
  await openLogin(page);
  const order: string[] = [];
  for (let press = 0; press < 11; press += 1) {
    order.push(await page.evaluate<string>(FOCUSED));
    await page.keyboard.press("Tab");
  }
  expect(order).toEqual([
    "username",
    "password",
    "password-show-password",
    "rememberMe",
    "Forgot Password?",
    "kc-login",
    "Register",
    ...THEME.links.map(({ label }) => label),
    SUPPORT.label,
  ]);
  await page.context().close();
});

test("what an announcement could do harm with is taken out, what it says is shown", async () => {
  const api = adminApi(stack);
  const harm = `<b>Hello</b><script>document.title = "ran"</script><img src="x" onerror="document.title = 'ran'">`;
  const { page } = await newVisit();
  try {
    await api.put("/community", { displayNameHtml: harm });
    await openLogin(page);
    expect(await page.locator("#kc-header-wrapper").innerHTML()).toMatch(/<b>Hello<\/b><img src="x" *\/?>$/);
    expect(await page.title()).not.toBe("ran");
  } finally {
    await api.put("/community", { displayNameHtml: THEME.announcement });
  }
  await page.context().close();
});

test("the account console has the links, and a sign-out that ends the session", async () => {
  const { page } = await newVisit();
  await signIn(page);
  expect(await linksIn(page, "Community")).toEqual([...THEME.links, SUPPORT]);
  await page.getByRole("link", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign Out" }).click();
  await page.waitForSelector("#username");
  await visit(page, `${account}/`, "#username");
  await page.context().close();
});

test("/logout ends the session, but not before the person has said so", async () => {
  const { page } = await newVisit();
  await signIn(page);
  await visit(page, `${site}/logout`);
  await page.getByText("Do you want to sign out?").waitFor();
  await visit(page, `${account}/`);
  await page.getByRole("heading", { name: "Personal info" }).waitFor();

  await visit(page, `${site}/logout`);
  await page.getByRole("button", { name: "Sign Out" }).click();
  await page.waitForSelector("#username");
  await visit(page, `${site}/logout`, "#username");
  await page.context().close();
});
