import * as crypto from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { COMMUNITY, SERVICES } from "../stack/services.ts";
import { sharedStack } from "../stack/shared.ts";
import { ADA, prepareAda } from "./ada.ts";
import { openBrowser, openPage, visit } from "./browser.ts";
import { startSite } from "./site.ts";

const stack = sharedStack();
const realm = stack.view.realms[COMMUNITY];
const { url: site } = SERVICES.docs;
const { hostname, port } = new URL(site);
let browser: Browser;
let page: Page;
let remove: () => void;

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
  return `ServerName ${hostname}
Listen ${stack.address}:${port}
<VirtualHost ${stack.address}:${port}>
    SSLEngine on
    SSLCertificateFile /tls/tls.crt
    SSLCertificateKeyFile /tls/tls.key
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
  await prepareAda(stack);
  remove = await startSite(stack, {
    name: "docs",
    url: site,
    image: "apache",
    // Apache's workers, who ask the id site, may not read /tls.
    files: { "site.conf": configuration(), "ca.crt": stack.view.caCertificate },
  });
  browser = await openBrowser(stack, [hostname]);
  page = await openPage(browser);
});

afterAll(async () => {
  await browser.close();
  remove();
});

/** Opens a page of the site. @returns where it led, its status, and who is logged in */
async function open(path: string): Promise<{ url: URL; status: number; user: string | undefined }> {
  const response = await visit(page, `${site}${path}`);
  if (response === null) throw new Error(`no answer from ${path}`);
  return { url: new URL(page.url()), status: response.status(), user: response.headers()["x-user"] };
}

test("a stranger is sent to the id site, with a PKCE challenge", async () => {
  const { url } = await open("/people");
  expect(url.href).toContain(`${realm?.issuer ?? ""}/protocol/openid-connect/auth`);
  expect(url.searchParams.get("code_challenge_method")).toBe("S256");
});

test("comes back as somebody", async () => {
  await page.fill("#username", ADA.username);
  await page.fill("#password", ADA.password);
  await page.click("#kc-login");
  await page.waitForURL(`${site}/people`);
  expect(await open("/people")).toMatchObject({ status: 200, user: "ada" });
});

test.each([
  ["/editors", 200],
  ["/developers", 200],
  ["/admins", 401],
])("roles and groups in the token open %s with %d", async (path, status) => {
  expect(await open(path)).toMatchObject({ status });
});

test("a logout at the site ends the session at the id site too", async () => {
  expect((await open(`/callback?logout=${encodeURIComponent(`${site}/`)}`)).url.href).toBe(`${site}/`);
  expect((await open("/people")).url.hostname).toBe(stack.domain);
  await page.waitForSelector("#username");
});
