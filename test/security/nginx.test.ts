import * as fs from "node:fs";
import * as tls from "node:tls";
import { Naming } from "../../components/host/naming.ts";
import { admitKnown, onHostIn } from "../stack/clients.ts";
import { eventually } from "../eventually.ts";
import { docker } from "../stack/containers.ts";
import { adminApi } from "../stack/keycloak.ts";
import { sharedStack } from "../stack/shared.ts";
import { ALIAS_DOMAIN } from "../stack/dns.ts";
import { LOGINS_PER_MINUTE } from "../stack/throwaway.ts";

const stack = sharedStack();
const api = adminApi(stack);
const ca = fs.readFileSync(stack.caFile);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends the lines of a request exactly as given, which no HTTP library would. */
function send(request: readonly string[], servername = stack.domain, port = 443): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: stack.address, port, servername, ca });
    let text = "";
    socket.on("secureConnect", () => socket.write([...request, "Connection: close", "", ""].join("\r\n")));
    socket.on("data", (part: Buffer) => (text += part.toString("latin1")));
    socket.on("end", () => {
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text });
    });
    socket.on("error", reject);
  });
}

function ask(path: string, headers: readonly string[] = [], host = stack.domain): Promise<Answer> {
  return send([`GET ${path} HTTP/1.1`, `Host: ${host}`, ...headers], host);
}

/** Past nginx. */
function askKeycloak(path: string, headers: readonly string[] = []): Promise<Answer> {
  return send([`GET ${path} HTTP/1.1`, "Host: localhost", ...headers], "localhost", 18443);
}

const REALM = "/realms/community/.well-known/openid-configuration";

test("positive control: what is public is let through, and Keycloak would answer the admin console", async () => {
  expect((await ask(REALM)).status).toBe(200);
  expect((await askKeycloak("/admin/master/console/")).status).toBe(200);
});

/** What nginx's own pages may load. */
const OWN = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const accessLog = (): string => docker("logs", "--tail", "200", new Naming(stack.name).of("nginx"));

/** The last line of the access log about a client that gave this name; it may come after the answer. */
function loggedOf(agent: string): Promise<string> {
  return eventually(`a line of the log about ${agent}`, () =>
    accessLog()
      .split("\n")
      .findLast((line) => line.includes(agent)),
  );
}

const TARGETS = [
  "admin/",
  "admin/master/console/",
  "metrics",
  "health",
  "health/ready",
  "realms/master/account/",
  "realms/master;x/account/",
  "realms/master%3Bx/account/",
];
const ENCODINGS: readonly ((path: string) => string)[] = [
  (path) => `/${path}`,
  (path) => `//${path}`,
  (path) => `/./${path}`,
  (path) => `/resources/../${path}`,
  (path) => `/realms/community/../../${path}`,
  (path) => `/realms/community/..%2f..%2f${path}`,
  (path) => `/realms/community/%2e%2e/%2e%2e/${path}`,
  (path) => `/${path.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`)}`,
  (path) => `/%252e%252e/${path}`,
  (path) => `/${path};x=y`,
  (path) => `/;/${path}`,
  (path) => `/realms/community/..;/..;/${path}`,
  (path) => `/resources/..\\${path}`,
  (path) => `/${path}?/realms/community/`,
];

const FORBIDDEN = TARGETS.flatMap((target) => ENCODINGS.map((encode) => encode(target)));

test.each(FORBIDDEN)("%s does not reach Keycloak's inside", async (path) => {
  const { status, text } = await ask(path);
  // A 3xx may only point back at public paths; nothing of the console, the metrics or the health answer shows.
  expect([400, 404, 302]).toContain(status);
  expect(text).not.toMatch(/security-admin-console|"status":|# HELP|master\/protocol/);
});

/** What nginx would take for a public path, and Keycloak for one of its inside. */
const TWO_FACED = [
  "/admin/realms/..%2f..%2frealms%2fcommunity%2fx",
  "/admin/realms/..%2F..%2Frealms/community/x",
  "/realms/master/account/..%2f..%2f..%2frealms%2fcommunity%2fx",
];

test("positive control: with an encoded slash, Keycloak would answer what lies before it", async () => {
  const answers = await Promise.all(TWO_FACED.map((path) => askKeycloak(path)));
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
});

test.each([
  "/realms/master;x/account/",
  "/realms/master%3Bx/account/",
  "/realms/community;x/account/",
  ...TWO_FACED,
])("%s is refused by nginx itself", async (path) => {
  const { status, text } = await ask(path);
  expect(status).toBe(404);
  expect(text).toContain(OWN);
});

describe("what a client claims", () => {
  const SOMEWHERE = "192.0.2.66";

  test("about its way changes no link in an answer", async () => {
    const forged = [
      "X-Forwarded-Host: evil.example",
      "X-Forwarded-Proto: http",
      "X-Forwarded-Port: 6666",
      "X-Forwarded-Prefix: /evil.example",
      "Forwarded: host=evil.example;proto=http",
    ];
    const { status, text } = await ask(REALM, forged);
    expect(status).toBe(200);
    expect(text).not.toMatch(/evil\.example|6666|http:\/\//);
    expect(text).toContain(`"issuer":"https://${stack.domain}/realms/community"`);
  });

  test.each([
    ["another host than in the handshake", REALM, "evil.example"],
    ["a host that begins with ours", REALM, `${stack.domain}.evil.example`],
    ["a host of the stack's inside", REALM, "keycloak:8443"],
    ["no host", REALM, ""],
    ["another host in its first line", `https://evil.example${REALM}`, stack.domain],
  ])("to want from %s leads to no page", async (_, path, host) => {
    const { text } = await send([`GET ${path} HTTP/1.1`, `Host: ${host}`]);
    expect(text).toMatch(/^(HTTP\/1\.1 400 |$)/); // refused, or no answer at all
    expect(text).not.toMatch(/evil\.example|issuer/);
  });

  test("about a port of the host is in no link", async () => {
    const { status, text } = await send([`GET ${REALM} HTTP/1.1`, `Host: ${stack.domain}:6666`]);
    expect(status).toBe(200);
    expect(text).not.toContain("6666");
  });

  /** Address that Keycloak notes of somebody who has a client of this name log them in. */
  async function notedOf(client: string): Promise<string[]> {
    const events = await api.get<{ ipAddress: string }[]>(`/community/events?client=${client}`);
    return events.map(({ ipAddress }) => ipAddress);
  }

  test("about its address is not what Keycloak notes", async () => {
    const forged = [
      `X-Forwarded-For: ${SOMEWHERE}`,
      `Forwarded: for=${SOMEWHERE}`,
      `X-Real-IP: ${SOMEWHERE}`,
    ];
    const auth = "/realms/community/protocol/openid-connect/auth?client_id=";
    await ask(`${auth}forger-outside`, [...forged, "User-Agent: forger-outside"]);
    const { client } = JSON.parse(await loggedOf("forger-outside")) as { client: string };
    expect(await notedOf("forger-outside")).toEqual([client]);
    expect(client).not.toBe(SOMEWHERE);
    await askKeycloak(`${auth}forger-inside`, forged);
    expect(await notedOf("forger-inside")).toEqual([SOMEWHERE]); // positive control: it goes by what nginx says
  });
});

test.each([
  ["/logout", "community"],
  ["/logout/developers", "developers"],
])("%s leads to the logout of realm %s, and from there to its account console", async (path, realm) => {
  const { status, text } = await ask(path);
  const url = new URL(/^location: (\S+)\r$/im.exec(text)?.[1] ?? "");
  const home = `https://${stack.domain}/realms/${realm}`;
  expect({ status, at: url.origin + url.pathname }).toEqual({
    status: 302,
    at: `${home}/protocol/openid-connect/logout`,
  });
  expect(url.searchParams.get("post_logout_redirect_uri")).toBe(`${home}/account/`);
});

test("an unknown host name gets no TLS handshake", async () => {
  await expect(
    new Promise((resolve, reject) => {
      const socket = tls.connect({ host: stack.address, port: 443, servername: "other.example", ca }, () => {
        resolve(socket);
      });
      socket.on("error", reject);
    }),
  ).rejects.toThrow(/unrecognized name|alert/i);
});

test.each([
  ["/realms/community/account/", "frame-src 'self'"],
  ["/realms/community/protocol/openid-connect/auth?client_id=nobody", "frame-ancestors 'self'"],
  ["/realms/community/login-actions/authenticate", "frame-ancestors 'self'"],
  ["/shim/enter.php", "default-src 'none'"],
  ["/", OWN],
  ["/logout", OWN],
  ["/logout/developers", OWN],
  ["/jira", OWN],
  ["/atlassian-domain-verification.html", OWN],
  ["/nothing", OWN],
])("%s carries the security headers, and one policy of what it may load", async (path, policy) => {
  const { text } = await ask(path);
  expect(text).toMatch(/^strict-transport-security: max-age=63072000; includeSubDomains\r$/im);
  expect(text).toMatch(/^x-content-type-options: nosniff\r$/im);
  expect(text).toMatch(/^referrer-policy: \S+\r$/im);
  expect(text).not.toMatch(/^server: nginx\//im);
  const policies = [...text.matchAll(/^content-security-policy: (.*)\r$/gim)].map(([, found]) => found);
  expect(policies).toEqual([expect.stringContaining(policy)]);
});

describe("the admin console", () => {
  /** Prints the status that nginx answers each path with. */
  const STATUS = `
import http.client, ssl, sys
domain, *paths = sys.argv[1:]
context = ssl._create_unverified_context()
class Connection(http.client.HTTPSConnection):
    def connect(self):
        super(http.client.HTTPSConnection, self).connect()
        self.sock = context.wrap_socket(self.sock, server_hostname=domain)
for path in paths:
    connection = Connection("nginx", 8443)
    connection.request("GET", path, headers={"Host": domain})
    print(connection.getresponse().status)
`;
  const PATHS = [
    "/admin/master/console/",
    "/admin/serverinfo",
    "/realms/master/.well-known/openid-configuration",
  ];

  let remove: () => void;
  beforeAll(() => {
    remove = admitKnown(stack, "nginx");
  });
  afterAll(() => {
    remove();
  });

  test("is there for the networks in settings, its API with a login", () => {
    expect(onHostIn("known", stack, STATUS, stack.domain, ...PATHS).split("\n")).toEqual([
      "200",
      "401",
      "200",
    ]);
  });

  test("is not there for others", () => {
    expect(onHostIn("edge", stack, STATUS, stack.domain, ...PATHS).split("\n")).toEqual([
      "404",
      "404",
      "404",
    ]);
  });
});

test("a client that tries too often is told so, and can still read", () => {
  const attempts = `
import collections, http.client, ssl, sys
domain, count = sys.argv[1], int(sys.argv[2])
class Connection(http.client.HTTPSConnection):
    def connect(self):
        super(http.client.HTTPSConnection, self).connect()
        self.sock = ssl._create_unverified_context().wrap_socket(self.sock, server_hostname=domain)
connection = Connection("nginx", 8443)
def ask(method, path):
    connection.request(method, path, headers={"Host": domain})
    response = connection.getresponse()
    return response.status, response.read().decode()
attempts = (ask("POST", "/realms/community/login-actions/authenticate") for _ in range(count))
first, _ = next(attempts)
print(first, next(("Too many attempts" in text for status, text in attempts if status == 429), None))
print(ask("GET", "/realms/community/.well-known/openid-configuration")[0])
`;
  const most = String(2 * LOGINS_PER_MINUTE); // some become free while they are sent
  const [tried, read] = onHostIn("edge", stack, attempts, stack.domain, most).split("\n");
  expect(tried).toBe("400 True"); // the first is positive control: Keycloak itself said what was wrong
  expect(read).toBe("200");
});

test("the log says who asked for what, without what may be a secret", async () => {
  await ask("/realms/community/account/?code=canary4query", [
    "Referer: https://elsewhere.test/?token=canary4referer",
    "User-Agent: canary-agent",
  ]);
  expect(JSON.parse(await loggedOf("canary-agent"))).toMatchObject({
    method: "GET",
    host: stack.domain,
    path: "/realms/community/account/",
    status: 200,
  });
  expect(accessLog()).not.toMatch(/canary4/);
});

test("a short link leads where settings say", async () => {
  const { status, text } = await ask("/jira");
  expect(status).toBe(302);
  expect(text).toMatch(/^location: https:\/\/community\.atlassian\.test\/login\r$/im);
});

test.each([stack.domain, ALIAS_DOMAIN])("%s serves the file that verifies whose it is", async (host) => {
  const { status, text } = await ask("/atlassian-domain-verification.html", [], host);
  expect(status).toBe(200);
  expect(text).toMatch(/^content-type: text\/html; charset=utf-8\r$/im);
  expect(text.endsWith("<p>ours</p>")).toBe(true);
});

test("the alias domain's own page is the id site, and it has nothing else", async () => {
  const { status, text } = await ask("/", [], ALIAS_DOMAIN);
  expect(status).toBe(302);
  expect(text).toContain(`https://${stack.domain}/`);
  expect((await ask("/realms/community/account/", [], ALIAS_DOMAIN)).status).toBe(404);
});
