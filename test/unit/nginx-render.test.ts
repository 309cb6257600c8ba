import { renderNginxConf } from "../../components/nginx/render.ts";

const CONF = renderNginxConf({
  domain: "id.example.org",
  keycloak: { host: "keycloak", port: 8443 },
  homeRealm: "community",
});

/** The pattern of the only location that passes requests on. */
function publicPaths(): RegExp {
  const [, pattern] = /location ~ (\S+) \{/.exec(CONF) ?? [];
  if (pattern === undefined) throw new Error("nginx.conf has no pattern location");
  return new RegExp(pattern);
}

test("nginx.conf of the id site", () => {
  expect(CONF).toMatchSnapshot();
});

test.each([
  "/realms/community/account/",
  "/realms/a/protocol/openid-connect/auth",
  "/resources/abc/login/x.css",
])("%s is public", (path) => {
  expect(publicPaths().test(path)).toBe(true);
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
  expect(publicPaths().test(path)).toBe(false);
});
