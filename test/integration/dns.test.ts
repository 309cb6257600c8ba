import { spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import type { IncomingMessage } from "node:http";
import * as https from "node:https";
import { text } from "node:stream/consumers";
import { pythonPackages } from "../e2e/python-packages.ts";
import { eventually } from "../eventually.ts";
import { outputOf, run, up } from "../stack/commands.ts";
import { docker } from "../stack/containers.ts";
import {
  ALIAS_DOMAIN,
  ATLASSIAN_CNAMES,
  brokenDomain,
  dnsSettings,
  TOOLS_IMAGE,
  zoneOf,
} from "../stack/dns.ts";
import { startTools, type Tools } from "../stack/tools.ts";
import { sharedStack } from "../stack/shared.ts";
import { settingsOf, writeStackFile } from "../stack/throwaway.ts";
import { Naming } from "../../components/host/naming.ts";

const stack = sharedStack();
const zone = zoneOf(stack);
const naming = new Naming(stack.name);
let tools: Tools;

beforeAll(() => {
  tools = startTools(stack, "dns", "records");
});

afterAll(() => {
  tools.remove();
});

/** The data of a name's records of a type, as the stack's Knot answers. */
function answer(name: string, type: string, ...options: readonly string[]): string[] {
  const { out } = tools.run(["kdig", `@${stack.address}`, "+short", ...options, name, type]);
  return out
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** What nginx serves at a host name. */
async function download(host: string, path: string): Promise<string> {
  const request = https.get({
    ...{ host: stack.address, servername: host, path, headers: { host } },
    ca: fs.readFileSync(stack.caFile),
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return text(response);
}

const serial = (): number => Number(answer(zone, "SOA")[0]?.split(" ")[2]);

describe("the stack's records", () => {
  test.each([["+notcp"], ["+tcp"]])("the id site has its address, by kdig %s", (transport) => {
    expect(answer(stack.domain, "A", transport)).toEqual([stack.address]);
  });

  test("no public authority may issue for it", () => {
    expect(answer(stack.domain, "CAA").sort()).toEqual(['0 issue ";"', '0 issuewild ";"']);
  });

  test("the zone names its servers", () => {
    expect(answer(zone, "NS").sort()).toEqual(["ns2.elsewhere.test.", `ns1.${zone}.`].sort());
    expect(answer(`ns1.${zone}`, "A")).toEqual([stack.address]);
  });

  test("a service's short name leads to it", () => {
    expect(answer(`jira.${zone}`, "CNAME")).toEqual(["community.atlassian.test."]);
  });

  test("the alias domain takes mail at the relay", () => {
    expect(answer(ALIAS_DOMAIN, "MX")).toEqual([`10 mx.${ALIAS_DOMAIN}.`]);
    expect(answer(`mx.${ALIAS_DOMAIN}`, "A")).toEqual([stack.address]);
  });

  test("Atlassian finds its verification, and the names by which it signs and bounces", () => {
    expect(answer(ALIAS_DOMAIN, "TXT")).toContain('"atlassian-domain-verification=code-of-atlassian"');
    for (const { name, target } of ATLASSIAN_CNAMES) expect(answer(name, "CNAME")).toEqual([`${target}.`]);
  });

  test("the key that our mail is signed with is the one of the relay", () => {
    const [pem] =
      /-----BEGIN[^]*?-----END PUBLIC KEY-----/.exec(docker("logs", naming.of("postfix-dkim-key"))) ?? [];
    const key = (pem ?? "").split("\n").slice(1, -1).join("");
    expect(key).toMatch(/^[A-Za-z0-9+/=]{300,}$/);
    const [record = ""] = answer(`sso._domainkey.${stack.domain}`, "TXT");
    expect(record.replaceAll(/" "|"/g, "")).toBe(`v=DKIM1; k=rsa; p=${key}`);
  });

  test("what senders must do about TLS is announced, and its policy is where they look", async () => {
    expect(answer(`_mta-sts.${ALIAS_DOMAIN}`, "TXT")).toEqual([
      expect.stringMatching(/^"v=STSv1; id=[0-9a-f]{16};"$/),
    ]);
    expect(answer(`mta-sts.${ALIAS_DOMAIN}`, "A")).toEqual([stack.address]);
    const policy = await download(`mta-sts.${ALIAS_DOMAIN}`, "/.well-known/mta-sts.txt");
    expect(policy).toBe(`version: STSv1\r\nmode: testing\r\nmx: mx.${ALIAS_DOMAIN}\r\nmax_age: 604800\r\n`);
  });
});

describe("mail records, as checkdmarc sees them", () => {
  const CHECK = `
import json, sys
from checkdmarc.dmarc import check_dmarc
from checkdmarc.smtp_tls_reporting import check_smtp_tls_reporting
from checkdmarc.spf import check_spf
checks = {"spf": check_spf, "dmarc": check_dmarc, "tls": check_smtp_tls_reporting}
server, *domains = sys.argv[1:]
print(json.dumps({d: {n: check(d, nameservers=[server]) for n, check in checks.items()} for d in domains}, default=str))`;

  interface Verdict {
    readonly valid: boolean;
    readonly warnings?: readonly string[];
    readonly error?: string;
  }

  let verdicts: Readonly<Record<string, Readonly<Record<string, Verdict>>>>;

  beforeAll(() => {
    const said = docker(
      ...["run", "--rm", "--network", "host", "--volume", `${pythonPackages()}:/opt/packages:ro`],
      ...["--env", "PYTHONPATH=/opt/packages", TOOLS_IMAGE, "python3", "-c", CHECK],
      ...[stack.address, stack.domain, ALIAS_DOMAIN, brokenDomain(stack)],
    );
    verdicts = JSON.parse(said) as typeof verdicts;
  });

  test.each([
    [stack.domain, "spf"],
    [stack.domain, "dmarc"], // its reports go to another domain, which must say that it takes them
    [ALIAS_DOMAIN, "spf"],
    [ALIAS_DOMAIN, "dmarc"],
    [ALIAS_DOMAIN, "tls"],
  ])("%s: %s", (domain, check) => {
    expect(verdicts[domain]?.[check]).toMatchObject({ valid: true, warnings: [] });
  });

  test("positive control: a broken record is seen", () => {
    expect(verdicts[brokenDomain(stack)]?.["spf"]).toMatchObject({ valid: false });
  });
});

describe("DNSSEC", () => {
  /** What delv makes of the id site's address with a DS record as its only anchor. */
  function delv(digest: string): string {
    const [, tag = "", algorithm = "", type = ""] = ds().split(/ DS | /);
    const anchor = `trust-anchors { "${zone}." static-ds ${tag} ${algorithm} ${type} "${digest}"; };`;
    tools.run(["sh", "-c", "cat >/tmp/anchor"], anchor);
    return tools.run(["delv", `@${stack.address}`, "-a", "/tmp/anchor", `+root=${zone}`, stack.domain, "A"])
      .out;
  }

  const ds = (): string =>
    outputOf(["automation/dns.ts", "ds", stack.name], stack)
      .split("\n")
      .find((line) => line.startsWith(`${zone}. DS `)) ?? "";
  const digest = (): string => ds().split(" ").at(-1) ?? "";

  test("the address is validated from the DS that npm run dns prints", () => {
    expect(ds()).toMatch(/ DS \d+ 13 2 [0-9a-f]{64}$/);
    expect(delv(digest())).toContain("; fully validated");
  });

  test("positive control: another DS validates nothing", () => {
    expect(delv(digest().replaceAll(/./g, "0"))).not.toContain("; fully validated");
  });

  test("that a name is not there is signed too", () => {
    expect(answer(`nobody.${zone}`, "A", "+dnssec", "+noshort", "+noall", "+authority").join("\n")).toMatch(
      /RRSIG\s+NSEC /,
    );
  });
});

const container = new Naming(stack.name).of("knot");
const started = (): string => docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", container);

/** Puts a record into the zone as somebody else would, with the stack's key. */
function update(line: string): void {
  const [secret = ""] =
    /(?<=secret: ")[^"]+/.exec(docker("exec", container, "cat", "/etc/sso/keys.conf")) ?? [];
  const script = `server ${stack.address} 53\nzone ${zone}.\nkey hmac-sha256:records ${secret}\n${line}\nsend\n`;
  expect(tools.run(["knsupdate"], script)).toEqual({ status: 0, out: "" });
}

describe("a change of records", () => {
  const others = `wiki.${zone}`;

  const withRecords = (records: readonly object[]): void => {
    writeStackFile(stack, settingsOf(stack, { dns: { ...dnsSettings(stack), records } }));
  };

  afterAll(() => {
    update(`del ${others}. A`);
    writeStackFile(stack, settingsOf(stack));
    expect(up(stack)).toMatchObject({ status: 0 });
  });

  test("what is new comes, what is gone goes, what others put there stays, and a clash is named", () => {
    update(`add ${others}. 300 A 192.0.2.99`);
    const [before, server] = [serial(), started()];
    withRecords([
      { type: "TXT", name: `_spf.${zone}`, text: "v=spf1 ip4:192.0.2.26 -all" },
      { type: "A", name: others, address: "192.0.2.1" },
    ]);
    const { status, error } = up(stack);
    expect(status).toBe(1);
    expect(error).toContain(`${others} A 192.0.2.1 clashes with ${others} A 192.0.2.99`);
    expect(answer(`_spf.${zone}`, "TXT")).toEqual(['"v=spf1 ip4:192.0.2.26 -all"']);
    expect(answer(`jira.${zone}`, "CNAME")).toEqual([]);
    expect(answer(others, "A")).toEqual(["192.0.2.99"]);
    expect(serial()).toBeGreaterThan(before);
    expect(started()).toBe(server);
  });

  test("once what was in the way is gone, the same settings come to their end", () => {
    update(`del ${others}. A`);
    expect(up(stack)).toMatchObject({ status: 0 });
    expect(answer(others, "A")).toEqual(["192.0.2.1"]);
  });

  test("another first name server is the one that the zone's SOA names", () => {
    const first = { name: `first.${zone}`, addresses: [stack.address] };
    const nameServers = [first, { name: "ns2.elsewhere.test" }];
    const primary = (): string | undefined => answer(zone, "SOA")[0]?.split(" ")[0];
    expect(primary()).not.toBe(`${first.name}.`); // control
    writeStackFile(stack, settingsOf(stack, { dns: { ...dnsSettings(stack), nameServers } }));
    expect(up(stack)).toMatchObject({ status: 0 });
    expect(primary()).toBe(`${first.name}.`);
  });
});

test("Knot that is killed comes back with every record, also the last one", async () => {
  const { key, name } = { key: `${Date.now()}`, name: `last.${zone}` };
  update(`add ${name}. 60 TXT ${key}`);
  const kill = 'for each in /proc/[0-9]*; do [ "$(<$each/comm)" != knotd ] || kill -9 "${each#/proc/}"; done';
  const before = started();
  spawnSync("docker", ["exec", container, "bash", "-c", kill]);
  await eventually(
    "Knot is back with its records",
    () => started() !== before && answer(name, "TXT").length > 0,
  );
  expect(answer(name, "TXT")).toEqual([`"${key}"`]);
  expect(answer(stack.domain, "A")).toEqual([stack.address]);
  update(`del ${name}.`);
});

describe("npm run dns", () => {
  test("zone prints every record, also those of zones that others keep", () => {
    const out = outputOf(["automation/dns.ts", "zone", stack.name], stack);
    expect(out).toContain(`$ORIGIN ${zone}.\n`);
    expect(out).toContain(`id\t3600\tIN\tA\t${stack.address}\n`);
    expect(out).toMatch(/^@\t3600\tIN\tMX\t10 mx\./m);
  });

  test("what it prints is accepted as part of a zone", () => {
    const out = outputOf(["automation/dns.ts", "zone", stack.name], stack);
    const soa = `$ORIGIN ${zone}.\n@ 300 SOA ns1 hostmaster 1 3600 900 1209600 300\n`;
    const own = out.slice(out.indexOf(`$ORIGIN ${zone}.`));
    const { out: said } = tools.run(["named-checkzone", "-k", "fail", zone, "/dev/stdin"], soa + own);
    expect(said).toMatch(/\nOK\n$/);
  });

  test("says how it is used when asked for something else", () => {
    expect(run(["automation/dns.ts", "zones", stack.name], stack).error).toContain("usage: npm run dns");
  });
});
