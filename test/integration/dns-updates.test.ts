import * as fs from "node:fs";
import * as path from "node:path";
import { spawnSync } from "node:child_process";
import { eventually } from "../eventually.ts";
import { imageOf } from "../stack/beside.ts";
import { secondaryOf } from "../stack/dns.ts";
import { startTools, type Tools } from "../stack/tools.ts";
import { sharedStack } from "../stack/shared.ts";

/**
 * Updates of a server that an operator has: BIND, with a key that may change one of its zones. Asked by the image and
 * the order that the stack's own job has.
 */
const stack = sharedStack();
// BIND listens at addresses of interfaces alone, so not at the stack's own; and not where its secondary does.
const { address, port: secondaryPort } = secondaryOf(stack);
const PORT = secondaryPort + 2;
const KEY = {
  name: "sso",
  algorithm: "hmac-sha256",
  secret: Buffer.from("an operator's own").toString("base64"),
};
const OWN = "operator.test";

let tools: Tools;

beforeAll(async () => {
  tools = startTools(stack, "dns", "updates");
  const zone = (name: string, key: string): string => `
    zone "${name}" { type primary; file "${name}"; allow-update { ${key}; }; allow-transfer { ${key}; }; };`;
  const conf = `
    options {
      directory "/tmp/bind"; pid-file none; session-keyfile none; recursion no; dnssec-validation no;
      listen-on port ${PORT} { ${address}; }; listen-on-v6 { none; };
    };
    controls {};
    key ${KEY.name} { algorithm ${KEY.algorithm}; secret "${KEY.secret}"; };
    ${zone(OWN, `key ${KEY.name}`)} ${zone("closed.test", "none")}`;
  const empty = "$TTL 300\\n@ SOA ns hostmaster 1 3600 900 1209600 300\\n@ NS ns\\nns A 192.0.2.53\\n";
  const line = `mkdir -p /tmp/bind && cd /tmp/bind && for zone in ${OWN} closed.test; do printf '${empty}' >$zone; done && cat >named.conf && named -c /tmp/bind/named.conf`;
  expect(tools.run(["sh", "-c", line], conf).status).toBe(0);
  await eventually("BIND answers", () => answer(OWN, "SOA").length > 0);
});

afterAll(() => {
  tools.remove();
});

function answer(name: string, type: string): string[] {
  const { out } = tools.run([
    "kdig",
    `@${address}`,
    "-p",
    String(PORT),
    "+short",
    "+timeout=1",
    "+retry=0",
    name,
    type,
  ]);
  return out.split("\n").filter((line) => line !== "" && !line.startsWith(";;"));
}

const serial = (): number => Number(answer(OWN, "SOA")[0]?.split(" ")[2]);

/** Adds and deletes as somebody else does. */
function others(...lines: readonly string[]): void {
  const key = `key hmac-sha256:${KEY.name} ${KEY.secret}`;
  const script = [`server ${address} ${PORT}`, `zone ${OWN}.`, key, ...lines, "send"].join("\n");
  expect(tools.run(["knsupdate"], `${script}\n`)).toEqual({ status: 0, out: "" });
}

interface Order {
  readonly host?: string;
  readonly port?: number;
  readonly key?: Readonly<Record<string, string>>;
  readonly zone?: string;
  readonly primary?: string;
}

/** Runs the job with a zone's records. */
function make(
  records: string,
  { host = address, port = PORT, key = {}, zone = OWN, primary }: Order = {},
): string[] {
  const folder = fs.mkdtempSync(path.join(stack.folder, "order-"));
  const order = {
    owner: "sso-x",
    server: { host, port },
    key: { ...KEY, ...key },
    zones: { [zone]: records },
    primary,
  };
  fs.writeFileSync(path.join(folder, "order.json"), JSON.stringify(order));
  const { status, stdout, stderr } = spawnSync(
    "docker",
    [
      ...["run", "--rm", "--network", "host", "--volume", `${folder}:/order`],
      ...[imageOf(stack, "dns"), "/order/order.json"],
    ],
    { encoding: "utf8" },
  );
  expect(fs.readdirSync(folder)).toEqual([]); // the key is not left lying
  return [`ended with ${status ?? -1}`, ...`${stdout}${stderr}`.trim().split("\n")];
}

const text = (...lines: readonly string[]): string => `$ORIGIN ${OWN}.\n${lines.join("\n")}\n`;
const id = (address: string, ttlSec = 600): string => `id ${ttlSec} IN A ${address}`;
const SPF = '@ 600 IN TXT "v=spf1 -all"';

test("what is asked for comes into the zone, and a second run changes nothing", () => {
  expect(make(text(id("192.0.2.1"), SPF))).toEqual(["ended with 0", `zone ${OWN}: 2 added, 0 removed`]);
  expect(answer(`id.${OWN}`, "A")).toEqual(["192.0.2.1"]);
  const before = serial();
  expect(make(text(id("192.0.2.1"), SPF))).toEqual(["ended with 0", ""]);
  expect(serial()).toBe(before);
});

test("what changes is changed, what is no longer asked for goes, and the serial rises", () => {
  const before = serial();
  expect(make(text(id("192.0.2.2")))[0]).toBe("ended with 0");
  expect(answer(`id.${OWN}`, "A")).toEqual(["192.0.2.2"]);
  expect(answer(OWN, "TXT")).toEqual([]);
  expect(serial()).toBeGreaterThan(before);
});

test("an address may become an alias, and an alias an address", () => {
  expect(make(text("id 600 IN CNAME elsewhere.test."))[0]).toBe("ended with 0");
  expect(answer(`id.${OWN}`, "CNAME")).toEqual(["elsewhere.test."]);
  expect(make(text(id("192.0.2.2")))[0]).toBe("ended with 0");
  expect(answer(`id.${OWN}`, "A")).toEqual(["192.0.2.2"]);
});

test("another TTL is taken", () => {
  expect(make(text(id("192.0.2.2", 60)))[0]).toBe("ended with 0");
  const { out } = tools.run(["kdig", `@${address}`, "-p", String(PORT), `id.${OWN}`, "A"]);
  expect(out).toMatch(/^id\S+\s+60\s/m);
});

test("the name server that the zone's SOA shall name is named there, once", () => {
  const [mname, , before] = (answer(OWN, "SOA")[0] ?? "").split(" ");
  expect(mname).toBe(`ns.${OWN}.`); // control
  const order = { primary: `ns9.${OWN}` };
  expect(make(text(id("192.0.2.1"), SPF), order)[0]).toBe("ended with 0");
  const [now, , after] = (answer(OWN, "SOA")[0] ?? "").split(" ");
  expect(now).toBe(`ns9.${OWN}.`);
  expect(Number(after)).toBeGreaterThan(Number(before));
  expect(make(text(id("192.0.2.1"), SPF), order)).toEqual(["ended with 0", ""]);
  expect(serial()).toBe(Number(after));
});

test("once nothing is asked for, nothing of ours is left", () => {
  expect(make("")[0]).toBe("ended with 0");
  expect(answer(`id.${OWN}`, "A")).toEqual([]);
  expect(answer(`_sso-x.${OWN}`, "TXT")).toEqual([]);
  expect(answer(`ns.${OWN}`, "A")).toEqual(["192.0.2.53"]);
});

describe("records of others", () => {
  afterEach(() => {
    others(`del wiki.${OWN}.`, `del ${OWN}. TXT`);
  });

  test("stay, beside ours too, and ours go without them", () => {
    others(`add ${OWN}. 300 TXT "site-verification=1"`, `add wiki.${OWN}. 300 A 192.0.2.99`);
    expect(make(text(id("192.0.2.2"), SPF))[0]).toBe("ended with 0");
    expect(answer(OWN, "TXT").sort()).toEqual(['"site-verification=1"', '"v=spf1 -all"']);
    expect(make(text(id("192.0.2.2")))[0]).toBe("ended with 0");
    expect(answer(OWN, "TXT")).toEqual(['"site-verification=1"']);
    expect(answer(`wiki.${OWN}`, "A")).toEqual(["192.0.2.99"]);
  });

  test("that are as ours would be are not taken over", () => {
    others(`add wiki.${OWN}. 300 A 192.0.2.99`);
    expect(make(text(id("192.0.2.2"), "wiki 300 IN A 192.0.2.99"))[0]).toBe("ended with 0");
    expect(make(text(id("192.0.2.2")))[0]).toBe("ended with 0");
    expect(answer(`wiki.${OWN}`, "A")).toEqual(["192.0.2.99"]);
  });

  test.each([
    ["another address", "A 192.0.2.99", "wiki 300 IN A 192.0.2.1"],
    ["an alias where we have an address", "CNAME elsewhere.test.", "wiki 300 IN A 192.0.2.1"],
    ["an address where we have an alias", "A 192.0.2.99", "wiki 300 IN CNAME elsewhere.test."],
    ["a second SPF record", 'TXT "v=spf1 +all"', 'wiki 300 IN TXT "v=spf1 -all"'],
  ])("clash with ours: %s; the rest is made", (_, theirs, ours) => {
    others(`add wiki.${OWN}. 300 ${theirs}`);
    const said = make(text(id("192.0.2.3"), ours));
    expect(said[0]).toBe("ended with 1");
    expect(said.at(-1)).toContain(
      `wiki.${OWN} ${theirs} which others put there`.replace(/ which/, ", which"),
    );
    expect(answer(`id.${OWN}`, "A")).toEqual(["192.0.2.3"]);
    expect(make(text(id("192.0.2.2")))[0]).toBe("ended with 0");
  });
});

test.each<[string, Order, string]>([
  ["a zone that is not the server's", { zone: "unknown.test" }, "it is no primary server of this zone"],
  [
    "a zone that the key may not change",
    { zone: "closed.test" },
    "let the key sso transfer and update this zone",
  ],
  [
    "another secret",
    { key: { secret: Buffer.from("guessed").toString("base64") } },
    "the server does not take the key sso",
  ],
  ["an unknown key", { key: { name: "other" } }, "the server does not take the key other"],
  ["nobody who listens", { port: 9 }, "it cannot be reached (Connection refused)"],
  ["no such host", { host: "ns.nowhere.test" }, "it cannot be reached (Name or service not known)"],
])("%s: one line says what to do", (_, order, message) => {
  const said = make("$ORIGIN x.test.\n", order);
  expect(said).toHaveLength(2);
  expect(said[0]).toBe("ended with 1");
  expect(said[1]).toContain(message);
  expect(said[1]).toMatch(/^zone \S+: server \S+:\d+: /);
});
