import * as fc from "fast-check";
import { renderPage } from "../../components/nginx/files.ts";
import { renderNginxConf } from "../../components/nginx/render.ts";

const ARGS = {
  domain: "id.example.org",
  keycloak: { host: "keycloak", port: 8443 },
  homeRealm: "community",
  shortLinks: {},
  files: {},
  fileSites: [],
  adminNetworks: [],
  loginsPerMinute: 300,
};
const CONF = renderNginxConf(ARGS);
const WITH_SHIM = renderNginxConf({ ...ARGS, shim: { host: "simplesamlphp", port: 8443 } });

/** The patterns of the only locations that pass requests on: Keycloak's, then the shim's. */
function publicPaths(conf = CONF): RegExp[] {
  return [...conf.matchAll(/location ~ (\S+) \{/g)].map(([, pattern = ""]) => new RegExp(pattern));
}

function isPublic(path: string, conf = CONF): boolean {
  const patterns = publicPaths(conf);
  if (patterns.length === 0) throw new Error("nginx.conf has no pattern location");
  return patterns.some((pattern) => pattern.test(path));
}

test("nginx.conf of the id site", () => {
  expect(CONF).toMatchSnapshot();
});

test("whatever listens to IPv4 listens to IPv6 where that is asked for", () => {
  const listens = [...renderNginxConf({ ...ARGS, hasIpv6: true }).matchAll(/listen (\S*?)(8080|8443)(.*);/g)];
  const of = (any: string): string[] =>
    listens.filter(([, address]) => address === any).map(([, , port = "", options = ""]) => port + options);
  expect(of("")).toHaveLength(4);
  expect(of("[::]:")).toEqual(of(""));
  expect(CONF).not.toContain("[::]");
});

const VERIFICATION = { "atlassian-domain-verification.html": "<p>ours</p>" };

test("nginx.conf with all that settings may add", () => {
  const conf = renderNginxConf({
    ...ARGS,
    shim: { host: "simplesamlphp", port: 8443 },
    shortLinks: { jira: "https://example.atlassian.net/login" },
    files: VERIFICATION,
    fileSites: [{ domain: "people.example.org", files: VERIFICATION }],
    adminNetworks: ["192.0.2.0/24", "2001:db8::/32"],
  });
  expect(conf).toMatchSnapshot();
});

test("a short link says to nginx what it says to a browser, whatever is in it", () => {
  const hostile = fc
    .webUrl({ withQueryParameters: true })
    .chain((url) =>
      fc.stringMatching(/^[$"'\\;{}# a-z]*$/).map((end) => `${url}${url.includes("?") ? "" : "?"}${end}`),
    );
  fc.assert(
    fc.property(hostile, (url) => {
      const conf = renderNginxConf({ ...ARGS, shortLinks: { a: url } });
      const [, target = ""] = /location = \/a \{\n *return 302 "([^"\\$\n]*)";\n/.exec(conf) ?? [];
      expect(decodeURI(target.replaceAll("%24", "$"))).not.toBe("");
      expect(new URL(target).host).toBe(new URL(url).host);
    }),
  );
});

test("nginx's own pages load nothing", () => {
  expect(renderPage({ title: "a", text: "b" })).not.toMatch(/(src|href|url)\s*[=(]/);
});

test.each([
  "/realms/community/account/",
  "/realms/a/protocol/openid-connect/auth",
  "/resources/abc/login/x.css",
])("%s is public", (path) => {
  expect(isPublic(path)).toBe(true);
});

// nginx matches the decoded, normalized path; encodings are tried on the running server.
test.each([
  "/admin/",
  "/admin/master/console/",
  "/realms/master/account/",
  "/metrics",
  "/health/ready",
  "/realms/",
  "/js/x",
  "/realms/master;x/account/",
  "/realms/;master/account/",
  "/realms/community/..;/..;/admin/",
  "/resources/..;/admin/",
])("%s is not public", (path) => {
  expect(isPublic(path)).toBe(false);
});

test("a stack with the shim passes on the shim's few paths too, and nothing else is changed", () => {
  expect(diff(CONF, WITH_SHIM)).toMatchSnapshot();
});

test.each([
  "/shim/sso.php",
  "/shim/return.php",
  "/shim/enter.php",
  "/shim/style.css",
  "/shim/resources/post.js",
])("%s is public where there is the shim", (path) => {
  expect(isPublic(path, WITH_SHIM)).toBe(true);
  expect(isPublic(path)).toBe(false);
});

test.each([
  "/shim/",
  "/shim/alive.php",
  "/shim/module.php/core/login-admin.php",
  "/shim/admin/index.php",
  "/shim/saml2/idp/SSOService.php",
  "/shim/sso.php/x",
])("%s is not", (path) => {
  expect(isPublic(path, WITH_SHIM)).toBe(false);
});

/** Lines that `after` has and `before` has not, in their order; every line of `before` must still be there. */
function diff(before: string, after: string): string[] {
  const rest = before.split("\n");
  const added = after.split("\n").filter((line) => {
    if (line !== rest[0]) return true;
    rest.shift();
    return false;
  });
  expect(rest).toEqual([]);
  return added;
}
