import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { Connection } from "../../../plugins/keycloak/connection.ts";
import { readSettings } from "../../../plugins/keycloak/settings.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-tls-"));
const before = getCACertificates("default");
let server: https.Server;
let certificate: string;

beforeAll(async () => {
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const words =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost";
  const names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert];
  execFileSync("openssl", [...words.split(" "), ...names], { stdio: "pipe" });
  certificate = fs.readFileSync(cert, "utf8");
  server = https.createServer({ key: fs.readFileSync(key), cert: certificate }, (request, response) => {
    const token = { access_token: "t", expires_in: 60 };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(request.url?.endsWith("/token") === true ? token : { id: "found" }));
  });
  await new Promise<void>((ready) => server.listen(0, "localhost", ready));
});

afterAll(async () => {
  setDefaultCACertificates(before);
  fs.rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

function connect(more: { rootCaCertificate?: string } = {}): Connection {
  const url = `https://localhost:${String((server.address() as AddressInfo).port)}`;
  return new Connection(readSettings({ url, clientId: "c", clientSecret: "s", ...more }, {}));
}

test("a certificate of an unknown authority is refused, and the remedy named", async () => {
  const finding = connect().rest(new AbortController().signal).find("/realm");
  await expect(finding).rejects.toThrow(/\(DEPTH_ZERO_SELF_SIGNED_CERT\); set rootCaCertificate/);
});

test("the authority that the program names is trusted", async () => {
  const rest = connect({ rootCaCertificate: certificate }).rest(new AbortController().signal);
  expect(await rest.find("/realm")).toEqual({ id: "found" });
});
