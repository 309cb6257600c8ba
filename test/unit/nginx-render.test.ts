import { renderNginxConf } from "../../components/nginx/render.ts";

const ARGS = {
  domain: "id.example.org",
  keycloak: { host: "keycloak", port: 8443 },
  homeRealm: "community",
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
