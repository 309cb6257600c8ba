import * as fs from "node:fs";
import * as tls from "node:tls";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const ca = fs.readFileSync(stack.caFile);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request line exactly as given, which no HTTP library would. */
function ask(path: string, headers: readonly string[] = []): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: stack.address, port: 443, servername: stack.domain, ca });
    const request = [
      `GET ${path} HTTP/1.1`,
      `Host: ${stack.domain}`,
      ...headers,
      "Connection: close",
      "",
      "",
    ];
    let text = "";
    socket.on("secureConnect", () => socket.write(request.join("\r\n")));
    socket.on("data", (part: Buffer) => (text += part.toString("latin1")));
    socket.on("end", () => {
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text });
    });
    socket.on("error", reject);
  });
}

const REALM = "/realms/community/.well-known/openid-configuration";

test("positive control: what is public is let through, and Keycloak would answer the admin console", async () => {
  expect((await ask(REALM)).status).toBe(200);
  const direct = await new Promise<number>((resolve, reject) => {
    const socket = tls.connect({ host: stack.address, port: 18443, servername: "localhost", ca });
    let text = "";
    socket.on("secureConnect", () =>
      socket.write("GET /admin/master/console/ HTTP/1.0\r\nHost: localhost\r\n\r\n"),
    );
    socket.on("data", (part: Buffer) => (text += part.toString("latin1")));
    socket.on("end", () => {
      resolve(Number(/^HTTP\/1\.\d (\d+)/.exec(text)?.[1]));
    });
    socket.on("error", reject);
  });
  expect(direct).toBe(200);
});

const TARGETS = [
  "admin/",
  "admin/master/console/",
  "metrics",
  "health",
  "health/ready",
  "realms/master/account/",
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

test("what a client claims about itself changes no link in an answer", async () => {
  const forged = [
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Proto: http",
    "Forwarded: host=evil.example",
  ];
  const { status, text } = await ask(REALM, forged);
  expect(status).toBe(200);
  expect(text).not.toContain("evil.example");
  expect(text).toContain(`"issuer":"https://${stack.domain}/realms/community"`);
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

test("answers carry the security headers", async () => {
  const { text } = await ask(REALM);
  expect(text).toMatch(/strict-transport-security: max-age=63072000/i);
  expect(text).toMatch(/x-content-type-options: nosniff/i);
  expect(text).not.toMatch(/^server: nginx\//im);
});
