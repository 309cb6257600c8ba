import * as dgram from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Naming } from "../../components/host/naming.ts";
import { eventually } from "../eventually.ts";
import { docker } from "../stack/containers.ts";
import { SECONDARY_KEY, secondaryOf, zoneOf } from "../stack/dns.ts";
import { type Said, startTools, type Tools } from "../stack/tools.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const zone = zoneOf(stack);
const SECOND = `hmac-sha256:${SECONDARY_KEY.name}:${SECONDARY_KEY.secret}`;
let tools: Tools;

beforeAll(() => {
  tools = startTools(stack, "dns", "security");
});

afterAll(() => {
  tools.remove();
});

const kdig = (...words: readonly string[]): string =>
  tools.run(["kdig", `@${stack.address}`, "+timeout=3", "+retry=0", ...words]).out;

describe("queries", () => {
  test("positive control: its own zone is answered, with authority", () => {
    expect(kdig(stack.domain, "A")).toMatch(/status: NOERROR[^]*Flags: qr aa/);
  });

  test.each([
    ["example.org", "A"],
    [".", "NS"],
    ["community.test", "SOA"],
  ])("nothing else is: %s %s", (name, type) => {
    const answer = kdig("+rec", name, type);
    expect(answer).toContain("status: REFUSED");
    expect(answer).toContain("ANSWER: 0");
  });

  test.each(["version.bind", "version.server", "hostname.bind", "id.server"])("%s says nothing", (name) => {
    expect(kdig(name, "TXT", "CH")).toContain("ANSWER: 0");
  });
});

describe("transfers", () => {
  test("positive control: the secondary's key gets the zone", () => {
    expect(kdig("-y", SECOND, zone, "AXFR")).toMatch(new RegExp(`^${stack.domain}\\.\\s.*\\sA\\s`, "m"));
  });

  test.each([
    ["no key", []],
    ["another secret", ["-y", `hmac-sha256:${SECONDARY_KEY.name}:${btoa("guessed by somebody")}`]],
    ["an unknown key", ["-y", `hmac-sha256:third:${SECONDARY_KEY.secret}`]],
  ])("%s gets nothing", (_, key) => {
    const answer = kdig(...key, zone, "AXFR");
    expect(answer).toMatch(/NOTAUTH|REFUSED|BADSIG|BADKEY/);
    expect(answer).not.toContain(stack.domain);
  });
});

describe("updates", () => {
  const probe = `probe.${zone}`;

  /** Adds a record, and takes it away again. */
  function update(key: string): Said {
    const line = (change: string): string => `${change}\nsend\n`;
    return tools.run(
      ["knsupdate"],
      `server ${stack.address} 53\nzone ${zone}.\n${key}\n${line(`add ${probe}. 60 A 192.0.2.66`)}${line(`del ${probe}. A`)}`,
    );
  }

  test("positive control: the stack's own key may", () => {
    const keys = docker("exec", new Naming(stack.name).of("knot"), "cat", "/etc/sso/keys.conf");
    const [secret = ""] = /(?<=secret: ")[^"]+/.exec(keys) ?? [];
    expect(update(`key hmac-sha256:records ${secret}`)).toEqual({ status: 0, out: "" });
  });

  test.each([
    ["nobody without a key", ""],
    ["not the secondary", `key hmac-sha256:${SECONDARY_KEY.name} ${SECONDARY_KEY.secret}`],
  ])("%s may", (_, key) => {
    expect(update(key).out).toMatch(/status: (NOTAUTH|REFUSED|BADKEY)/);
    expect(kdig(probe, "A")).toContain("status: NXDOMAIN");
  });
});

describe("a secondary", () => {
  const { address, port } = secondaryOf(stack);

  /** A real server with the key and one without, which is the control. */
  function serve(folder: string, listenOn: number, key: string): void {
    const primary = `${stack.address} port 53`;
    const conf = `
      options {
        directory "${folder}"; pid-file none; session-keyfile none; recursion no; dnssec-validation no;
        listen-on port ${listenOn} { ${address}; }; listen-on-v6 { none; };
        allow-notify { any; };
      };
      controls {};
      key ${SECONDARY_KEY.name} { algorithm hmac-sha256; secret "${SECONDARY_KEY.secret}"; };
      zone "${zone}" {
        type secondary; primaries { ${primary}${key}; }; file "copy"; masterfile-format text;
      };`;
    const started = tools.run(
      ["sh", "-c", `mkdir -p ${folder} && cat >${folder}/named.conf && named -c ${folder}/named.conf`],
      conf,
    );
    expect(started.status).toBe(0);
  }

  const asks = (listenOn: number): string =>
    tools.run([
      ...["kdig", `@${address}`, "-p", String(listenOn), "+timeout=1", "+retry=0"],
      ...[stack.domain, "A", "+dnssec"],
    ]).out;

  test("gets the zone by its key, signed; without it, it gets none", async () => {
    serve("/tmp/with-key", port, ` key ${SECONDARY_KEY.name}`);
    serve("/tmp/without", port + 1, "");
    await eventually(
      () => `the secondary has the zone: ${asks(port)}`,
      () => asks(port).includes("status: NOERROR"),
    );
    expect(asks(port)).toMatch(/\sA\s+127\.[^]*\sRRSIG\s+A /);
    expect(asks(port + 1)).toContain("status: SERVFAIL");
  });
});

// How many are answered says little, since a flood loses datagrams anyway; only a limit has answers cut short, by which
// a resolver learns to ask again by TCP, as nobody can who forged the address.
test("a flood of one question gets answers without data", async () => {
  const QUERIES = 1500;
  const query = Buffer.concat([
    Buffer.from("000100000001000000000000", "hex"), // ID 1, one question
    ...stack.domain.split(".").map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.from("0000010001", "hex"), // end of the name, A, IN
  ]);
  const socket = dgram.createSocket("udp4");
  const answers = { whole: 0, cutShort: 0 };
  const isCutShort = (message: Buffer): boolean => ((message[2] ?? 0) & 2) !== 0; // the TC bit
  socket.on("message", (message) => (answers[isCutShort(message) ? "cutShort" : "whole"] += 1));
  try {
    socket.bind(0);
    await once(socket, "listening");
    socket.send(query, 53, stack.address);
    await sleep(500);
    expect(answers).toEqual({ whole: 1, cutShort: 0 }); // positive control: one question is answered
    for (let count = 0; count < QUERIES; count += 1) {
      socket.send(query, 53, stack.address);
      if (count % 100 === 0) await sleep(1); // no more than the socket's buffers hold
    }
    await sleep(500);
    expect(answers.cutShort).toBeGreaterThan(0);
  } finally {
    socket.close();
  }
});
