import * as crypto from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { sharedStack } from "../stack/shared.ts";
import { ADA, prepareAda } from "./ada.ts";
import { openBrowser } from "./browser.ts";
import { newSites, startSite } from "./site.ts";

const stack = sharedStack();
const realm = stack.view.realms.community;
const site = "https://docs.services.test:8443";
let browser: Browser;
let page: Page;
let stop: () => void;

/** Who may see a page of the site, by its path. */
const RULES = {
  people: "valid-user",
  editors: "claim roles:editor",
  developers: "claim groups:developers",
  admins: "claim roles:admin",
  callback: "valid-user",
};

/** Apache's configuration of the site, whose pages tell in a header who is logged in. */
function configuration(): string {
  const login = realm?.services.docs?.at(-1);
  const locations = Object.entries(RULES).map(
    ([path, rule]) => `
    <Location /${path}>
        AuthType openid-connect
        Require ${rule}
    </Location>`,
  );
  return `ServerName docs.services.test
Listen ${stack.address}:8443
<VirtualHost ${stack.address}:8443>
    SSLEngine on
    SSLCertificateFile /etc/site/tls.crt
    SSLCertificateKeyFile /etc/site/tls.key
    DocumentRoot /var/www/html
    AliasMatch ^/(people|editors|developers|admins)$ /var/www/html/index.html
    Header always set X-User "expr=%{REMOTE_USER}"
    Header always set Cache-Control no-store
    OIDCProviderMetadataURL ${realm?.issuer ?? ""}/.well-known/openid-configuration
    OIDCCABundlePath /etc/site/ca.crt
    OIDCClientID ${login?.clientId ?? ""}
    OIDCClientSecret ${login?.clientSecret ?? ""}
    OIDCRedirectURI ${site}/callback
    OIDCCryptoPassphrase ${crypto.randomBytes(24).toString("hex")}
    OIDCScope "openid profile email"
    OIDCPKCEMethod S256
    OIDCRemoteUserClaim preferred_username${locations.join("")}
</VirtualHost>
`;
}

beforeAll(async () => {
  await prepareAda(stack, "community");
  const sites = newSites(stack, ["docs"]);
  stop = await startSite(stack, sites, {
    name: "docs",
    port: 8443,
    image: "apache",
    files: { "site.conf": configuration() },
    command: [],
  });
  browser = await openBrowser(stack, sites);
  page = await browser.newPage();
  page.setDefaultTimeout(60_000);
});

afterAll(async () => {
  await browser.close();
  stop();
});

/** Opens a page of the site. @returns where it led, its status, and who is logged in */
async function visit(path: string): Promise<{ url: URL; status: number; user: string | undefined }> {
  const response = await page.goto(`${site}${path}`);
  if (response === null) throw new Error(`no answer from ${path}`);
  return { url: new URL(page.url()), status: response.status(), user: response.headers()["x-user"] };
}

test("a stranger is sent to the id site, with a PKCE challenge", async () => {
  const { url } = await visit("/people");
  expect(url.href).toContain(`${realm?.issuer ?? ""}/protocol/openid-connect/auth`);
  expect(url.searchParams.get("code_challenge_method")).toBe("S256");
});

test("comes back as somebody", async () => {
  await page.fill("#username", ADA.username);
  await page.fill("#password", ADA.password);
  await page.click("#kc-login");
  await page.waitForURL(`${site}/people`);
  expect(await visit("/people")).toMatchObject({ status: 200, user: "ada" });
});

test.each([
  ["/editors", 200],
  ["/developers", 200],
  ["/admins", 401],
])("roles and groups in the token open %s with %d", async (path, status) => {
  expect(await visit(path)).toMatchObject({ status });
});

test("a logout at the site ends the session at the id site too", async () => {
  expect((await visit(`/callback?logout=${encodeURIComponent(`${site}/`)}`)).url.href).toBe(`${site}/`);
  expect((await visit("/people")).url.hostname).toBe(stack.domain);
  await page.waitForSelector("#username");
});
