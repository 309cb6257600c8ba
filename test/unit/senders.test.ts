import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { refreshSenders, sendersIn } from "../../automation/senders.ts";
import { PROJECT } from "../../automation/project.ts";

const item = (cidr: string, product: string[], direction: string[]): object => ({ cidr, product, direction });

const LIST = JSON.stringify({
  creationDate: "2026-11-20T10:00:00",
  syncToken: 1,
  items: [
    item("203.0.113.0/28", ["email"], ["egress"]),
    item("198.51.100.7/32", ["jira", "email"], ["ingress", "egress"]),
    item("198.51.100.7/32", ["email"], ["egress"]),
    item("2001:db8::/48", ["email"], ["egress"]),
    item("192.0.2.0/24", ["jira"], ["egress"]),
    item("192.0.2.128/25", ["email"], ["ingress"]),
  ],
});

const SENDERS = ["198.51.100.7/32", "2001:db8::/48", "203.0.113.0/28"];

test("of Atlassian's list those networks count that e-mail comes from, each once", () => {
  expect(sendersIn(LIST, "list.json")).toEqual(SENDERS);
});

test.each([
  ["<html>", /^list\.json: it is not Atlassian's list of addresses/],
  ['{"ranges":[]}', /^list\.json: it is not Atlassian's list/],
  ['{"items":[]}', /^list\.json: it lists no network that sends e-mail$/],
  [
    JSON.stringify({ items: [item("0.0.0.0/0", ["email"], ["egress"])] }),
    /^list\.json: 0\.0\.0\.0\/0 is not a network that a relay should let in$/,
  ],
])("%s is refused", (list, message) => {
  expect(() => sendersIn(list, "list.json")).toThrow(message);
});

describe("a stack file", () => {
  const stack = `senders-${process.pid}`;
  const file = path.join(PROJECT, `Pulumi.${stack}.yaml`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-senders-"));
  const list = path.join(folder, "list.json");

  const RELAY = `config:
  # Kept.
  sso:relay:
    hostname: mx.example.org
    senders:
      listed:
        - 192.0.2.0/24
        - 203.0.113.0/28
      extra:
        - 10.1.2.0/24 # kept too
`;

  beforeAll(() => {
    fs.writeFileSync(list, LIST);
  });
  afterEach(() => {
    fs.rmSync(file, { force: true });
  });
  afterAll(() => {
    fs.rmSync(folder, { recursive: true });
  });

  test("gets the new list and keeps all else; again: nothing changes", async () => {
    fs.writeFileSync(file, RELAY);
    expect(await refreshSenders(stack, list)).toEqual({
      added: ["198.51.100.7/32", "2001:db8::/48"],
      removed: ["192.0.2.0/24"],
    });
    const written = fs.readFileSync(file, "utf8");
    const before = "        - 192.0.2.0/24\n        - 203.0.113.0/28\n";
    expect(RELAY).toContain(before);
    expect(written).toBe(RELAY.replace(before, SENDERS.map((network) => `        - ${network}\n`).join("")));
    expect(await refreshSenders(stack, list)).toEqual({ added: [], removed: [] });
    expect(fs.readFileSync(file, "utf8")).toBe(written);
  });

  test("keeps its long lines, its mode, and whatever names it", async () => {
    const long = `  sso:domain: id.example.org # ${"as long as people like ".repeat(8)}\n  sso:note: ${"word ".repeat(40)}end\n`;
    const elsewhere = path.join(folder, "stack.yaml");
    fs.writeFileSync(elsewhere, RELAY + long, { mode: 0o640 });
    fs.symlinkSync(elsewhere, file);
    await refreshSenders(stack, list);
    expect(fs.readFileSync(elsewhere, "utf8")).toContain(long);
    expect(fs.statSync(elsewhere).mode & 0o777).toBe(0o640);
    expect(fs.readlinkSync(file)).toBe(elsewhere);
  });

  test("stays as it is on a disk that is full", () => {
    const written = `${RELAY}  # ${"long ".repeat(1000)}\n`;
    fs.writeFileSync(file, written);
    const { stderr } = spawnSync(
      "sh",
      [
        "-c",
        'trap "" 25; ulimit -f 4; exec node automation/mail.ts refresh-senders "$1" --from "$2"',
        ...["sh", stack, list],
      ],
      { cwd: PROJECT, encoding: "utf8" },
    );
    expect(stderr).toContain("EFBIG");
    expect(fs.readFileSync(file, "utf8")).toBe(written);
    expect(fs.readdirSync(PROJECT).filter((name) => name.includes(stack))).toEqual([path.basename(file)]);
  });

  test("that is no YAML is named with the line, and stays as it is", async () => {
    const broken = RELAY.replace("- 192.0.2.0/24", "[192.0.2.0/24");
    fs.writeFileSync(file, broken);
    await expect(refreshSenders(stack, list)).rejects.toThrow(
      new RegExp(`^Pulumi\\.${stack}\\.yaml, line 9: it is no YAML: Flow sequence .* end with a \\]$`),
    );
    expect(fs.readFileSync(file, "utf8")).toBe(broken);
  });

  describe("of a list that is fetched", () => {
    const certificate = path.join(folder, "server.pem");
    let server: https.Server;
    let source: string;

    beforeAll(async () => {
      const key = path.join(folder, "server.key");
      execFileSync("openssl", [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        ...["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        ...["-keyout", key, "-out", certificate],
      ]);
      server = https.createServer(
        { key: fs.readFileSync(key), cert: fs.readFileSync(certificate) },
        ({ url }, response) => {
          response.writeHead(url === "/list.json" ? 200 : 503).end(LIST);
        },
      );
      await once(server.listen(0, "127.0.0.1"), "listening");
      source = `https://localhost:${(server.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      await once(server.close(), "close");
    });
    beforeEach(() => {
      fs.writeFileSync(file, RELAY);
    });

    /** The command, on a machine that trusts a certificate. */
    async function refresh(address: string, trusted = certificate): Promise<string> {
      const words = ["automation/mail.ts", "refresh-senders", stack, "--from", address];
      const env = { ...process.env, NODE_EXTRA_CA_CERTS: trusted };
      const child = spawn("node", words, { cwd: PROJECT, env, stdio: ["ignore", "pipe", "pipe"] });
      const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return out + error;
    }

    test("the change is shown and written", async () => {
      expect(await refresh(`${source}/list.json`)).toBe(
        "- 192.0.2.0/24\n+ 198.51.100.7/32\n+ 2001:db8::/48\n" +
          `Pulumi.${stack}.yaml is written; npm run up -- ${stack} puts it into effect.\n`,
      );
      expect(fs.readFileSync(file, "utf8")).toContain("198.51.100.7/32");
    });

    test.each([
      ["of a server that has none", "/away", certificate, "HTTP status 503"],
      ["of a server that nobody vouches for", "/list.json", "/dev/null", "self-signed certificate"],
    ])("%s: nothing is written", async (_, page, trusted, reason) => {
      const said = await refresh(`${source}${page}`, trusted);
      expect(said).toContain(`error: ${source}${page}: ${reason}; `);
      expect(said).toContain("; or save the list and name the file: --from FILE");
      expect(fs.readFileSync(file, "utf8")).toBe(RELAY);
    });
  });

  test("without senders gets its first", async () => {
    fs.writeFileSync(file, "config:\n  sso:relay:\n    hostname: mx.example.org\n");
    expect((await refreshSenders(stack, list)).added).toEqual(SENDERS);
    expect(fs.readFileSync(file, "utf8")).toContain("senders:\n      listed:\n        - 198.51.100.7/32\n");
  });

  test("of a stack without a relay stays as it is", async () => {
    const written = "config:\n  sso:domain: id.example.org\n";
    fs.writeFileSync(file, written);
    await expect(refreshSenders(stack, list)).rejects.toThrow(
      `Pulumi.${stack}.yaml has no sso:relay, so nobody sends mail to aliases`,
    );
    expect(fs.readFileSync(file, "utf8")).toBe(written);
  });
});
