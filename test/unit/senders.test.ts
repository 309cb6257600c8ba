import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
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
])("%s is refused", (text, message) => {
  expect(() => sendersIn(text, "list.json")).toThrow(message);
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

  test("without senders gets its first", async () => {
    fs.writeFileSync(file, "config:\n  sso:relay:\n    hostname: mx.example.org\n");
    expect((await refreshSenders(stack, list)).added).toEqual(SENDERS);
    expect(fs.readFileSync(file, "utf8")).toContain("senders:\n      listed:\n        - 198.51.100.7/32\n");
  });

  test("of a stack without a relay stays as it is", async () => {
    const text = "config:\n  sso:domain: id.example.org\n";
    fs.writeFileSync(file, text);
    await expect(refreshSenders(stack, list)).rejects.toThrow(
      `Pulumi.${stack}.yaml has no sso:relay, so nobody sends mail to aliases`,
    );
    expect(fs.readFileSync(file, "utf8")).toBe(text);
  });
});
