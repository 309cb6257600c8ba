import { getDomain } from "tldts";
import { z } from "zod";
import { zoneOf } from "../dns/records.ts";
import { addFault } from "./fault.ts";
import {
  domainName,
  emailAddress,
  ipAddress,
  ipv4Address,
  ipv6Address,
  line,
  memoryMiB,
  port,
  seconds,
  text,
  wholeNumber,
} from "./fields.ts";
import type { UncheckedSettings } from "./schema.ts";

/** Name of a record: a domain name whose labels may begin with an underscore, and whose first one may be `*`. */
const recordName = text(
  /^(?=.{4,253}$)(?=.*\.)(\*\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$/,
  "a domain name in lower case, such as _dmarc.example.org",
);

const number16 = wholeNumber(0, 65_535, "a number");

const tsigKey = z.strictObject({
  name: text(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/, "2 to 63 lower-case letters, digits and dashes")
    .refine((value) => value !== "records" && value !== "acme", {
      error: "any name but records and acme, which are the stack's own keys",
    })
    .describe("Name of the TSIG key (RFC 8945), as both sides know it; its secret is the secret dns.NAME."),
  algorithm: z
    .enum(["hmac-sha256", "hmac-sha384", "hmac-sha512"], {
      error: "one of hmac-sha256, hmac-sha384, hmac-sha512",
    })
    .default("hmac-sha256")
    .describe("Its algorithm."),
});

const name = recordName.describe("Absolute name.");

const extraRecord = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("A"), name, address: ipv4Address }),
    z.strictObject({ type: z.literal("AAAA"), name, address: ipv6Address }),
    z.strictObject({ type: z.enum(["CNAME", "NS"]), name, target: recordName }),
    z.strictObject({ type: z.literal("MX"), name, preference: number16.default(10), exchange: domainName }),
    z.strictObject({
      type: z.literal("SRV"),
      name,
      priority: number16.default(0),
      weight: number16.default(0),
      port: number16,
      target: domainName,
    }),
    z.strictObject({ type: z.literal("TXT"), name, text: line(4000) }),
    z.strictObject({
      type: z.literal("CAA"),
      name,
      tag: z.enum(["issue", "issuewild", "iodef"], { error: "one of issue, issuewild, iodef" }),
      value: line(255),
    }),
  ],
  { error: "a record whose type is A, AAAA, CNAME, NS, MX, SRV, TXT or CAA" },
);

const mail = z
  .strictObject({
    spf: z
      .array(
        text(
          /^[+~?-]?(a|mx|ip4|ip6|include|exists)\b\S*$/,
          "a mechanism, such as include:spf.mandrillapp.com",
        ),
      )
      .describe("SPF mechanisms (RFC 7208) of the servers that send the stack's mail; all others may not."),
    dmarc: z
      .enum(["none", "quarantine", "reject"], { error: "one of none, quarantine, reject" })
      .default("quarantine")
      .describe("What receivers shall do with mail that fails SPF and DKIM (RFC 7489)."),
    reportsTo: emailAddress
      .optional()
      .describe("Address for the daily reports of DMARC and of TLS (RFC 8460); no reports by default."),
  })
  .optional()
  .describe(
    "Mail of the identity domain, which it only sends, and of the realms' alias domains, which it also takes. Other domains of realms' senders get the key alone that their mail is signed with.",
  );

const atlassian = z
  .array(
    z.strictObject({
      domain: domainName.describe("Domain that Atlassian verifies."),
      verification: text(/^[A-Za-z0-9+/=_-]+$/, "the code after atlassian-domain-verification=").describe(
        "The code that it asks for, without `atlassian-domain-verification=`.",
      ),
      cnames: z
        .array(z.strictObject({ name, target: recordName }))
        .default([])
        .describe("CNAMEs for DKIM and bounces, as its console lists them under Emails."),
    }),
  )
  .default([])
  .describe("Domains that are verified with Atlassian.");

const common = {
  zones: z
    .array(domainName)
    .min(1, { error: "at least one zone" })
    .describe("Zones that the records go to. Those of other names are only shown: npm run dns -- zone."),
  addresses: z
    .array(ipAddress)
    .min(1, { error: "at least one address" })
    .optional()
    .describe("Addresses under which the world reaches the stack; those of host by default."),
  ttlSec: seconds(30, 604_800).default(3600).describe("Seconds that resolvers may keep a record."),
  mail,
  atlassian,
  records: z
    .array(extraRecord)
    .default([])
    .describe("Records besides the stack's own, such as short names of services."),
};

const nameServer = z.strictObject(
  {
    name: domainName,
    addresses: z.array(ipAddress).default([]).describe("Its addresses, if its name is in one of the zones."),
  },
  { error: "a name server: its name, and its addresses if the name is in one of the zones" },
);

const knot = z.strictObject({
  kind: z.literal("knot"),
  ...common,
  nameServers: z
    .tuple([nameServer], nameServer)
    .describe("Name servers of the zones, the stack's own first."),
  secondaries: z
    .array(
      z.strictObject({
        address: ipAddress.describe("Where it is told of changes."),
        port: port.default(53),
        key: tsigKey,
      }),
    )
    .default([])
    .describe("Servers that keep copies of the zones; each asks with a key of its own."),
  memoryMiB: memoryMiB(32).default(64).describe("Memory limit in MiB."),
});

const update = z.strictObject({
  kind: z.literal("update"),
  ...common,
  server: z
    .strictObject({ host: domainName.or(ipAddress), port: port.default(53) })
    .describe("Primary server."),
  key: tsigKey,
  withdraw: z
    .boolean()
    .default(false)
    .describe("Takes the stack's records out of the zones: before it is destroyed or `dns` is taken out."),
});

const file = z.strictObject({ kind: z.literal("file"), ...common });

export const dnsSettings = z
  .discriminatedUnion("kind", [knot, update, file], { error: "DNS of kind knot, update or file" })
  .optional()
  .describe(
    "Who serves the stack's records: its own Knot, a server that takes dynamic updates (RFC 2136), or whoever is " +
      "handed the zone file. By default nobody.",
  );

/** TSIG keys that others gave to the stack, by whose names their secrets are called. */
export function tsigKeysOf(dns: UncheckedSettings["dns"]): z.output<typeof tsigKey>[] {
  if (dns?.kind === "update") return [dns.key];
  return dns?.kind === "knot" ? dns.secondaries.map(({ key }) => key) : [];
}

/** Refuses zones and records that do not fit each other. */
export function checkDns(context: z.core.ParsePayload<UncheckedSettings>): void {
  const { dns, domain } = context.value;
  if (dns === undefined) return;
  const isDomain = siteOf(domain) !== null; // else that is the fault to name
  if (isDomain && zoneOf(domain, dns.zones) === undefined)
    addFault(context, ["dns", "zones"], `zones of which one holds ${domain}`);
  if (dns.kind === "knot") checkNameServers(dns, context);
  const keys = tsigKeysOf(dns).map((key) => key.name);
  if (new Set(keys).size !== keys.length)
    addFault(context, ["dns", "secondaries"], "keys of different names");
  dns.records.forEach((record, index) => {
    if (zoneOf(record.name, dns.zones) === undefined)
      addFault(context, ["dns", "records", index, "name"], `a name in one of ${dns.zones.join(", ")}`);
  });
}

/** The address of a name server in a zone of its own can be known from nobody else. */
function checkNameServers(
  { nameServers, zones }: z.output<typeof knot>,
  context: z.core.ParsePayload<UncheckedSettings>,
): void {
  nameServers.forEach(({ name: server, addresses }, index) => {
    if (addresses.length === 0 && zoneOf(server, zones) !== undefined)
      addFault(
        context,
        ["dns", "nameServers", index, "addresses"],
        `addresses of ${server}, which is in one of the zones`,
      );
  });
}

/**
 * Refuses an identity domain that is of one site with a service: such a service could set cookies for it, and a hole in
 * it would reach the logins. What one site is, is said by the public suffix list, the private part included, as in
 * browsers. A name under a top-level domain that is not on it (`.test`, `.localhost`) is of one site with those that
 * share its last two labels.
 */
export function checkOwnDomain(context: z.core.ParsePayload<UncheckedSettings>): void {
  const { domain, realms } = context.value;
  const site = siteOf(domain);
  if (site === null) return;
  for (const { services } of realms) {
    const service = services.find(({ url }) => siteOf(new URL(url).hostname) === site);
    if (service === undefined) continue;
    addFault(
      context,
      ["domain"],
      `a domain of its own, because service ${service.name} is under ${site} too (${service.url})`,
    );
    return;
  }
}

function siteOf(host: string): string | null {
  return getDomain(host, { allowPrivateDomains: true });
}
