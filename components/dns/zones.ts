import * as pulumi from "@pulumi/pulumi";
import type { DnsSettings, Settings } from "../settings/schema.ts";
import { clashingNames, type DnsRecord, renderRecords, zoneOf } from "./records.ts";
import { stackRecords, type MailDomainRecords } from "./stack-records.ts";

/** A stack's records as text of zone files. */
export interface ZoneTexts {
  /** Of each zone in the settings. */
  readonly zones: Readonly<Record<string, string>>;
  /** Records at names outside of these zones; empty if there are none. */
  readonly elsewhere: string;
}

/**
 * The records that a stack's settings amount to.
 *
 * @throws {pulumi.RunError} when a name would hold a CNAME and something else
 */
export function zoneTexts(settings: Settings, dns: DnsSettings): ZoneTexts {
  const records = recordsOf(settings, dns);
  const [clash] = clashingNames(records);
  if (clash !== undefined) {
    throw new pulumi.RunError(
      `dns: ${clash} would hold a CNAME beside other records; take one of them out of dns.records or dns.atlassian`,
    );
  }
  const inZone = (zone: string | undefined): DnsRecord[] =>
    records.filter(({ name }) => zoneOf(name, dns.zones) === zone);
  return {
    zones: Object.fromEntries(dns.zones.map((zone) => [zone, renderRecords(zone, inZone(zone), dns.ttlSec)])),
    elsewhere: renderRecords("", inZone(undefined), dns.ttlSec),
  };
}

function recordsOf(settings: Settings, dns: DnsSettings): DnsRecord[] {
  if (dns.kind === "update" && dns.withdraw) return [];
  const addresses = dns.addresses ?? [settings.host.bindAddress];
  return stackRecords({
    // Its certificate is of the stack's own CA: no public one has to issue any.
    sites: [{ domain: settings.domain, addresses, issuers: [] }],
    mailDomains: mailDomainsOf(settings, dns),
    atlassian: dns.atlassian,
    ...(dns.kind === "knot" ? { delegation: { zones: dns.zones, nameServers: dns.nameServers } } : {}),
    extra: dns.records,
  });
}

/** The identity domain, which sends, and the alias domains, whose mail the stack takes. */
function mailDomainsOf({ domain, realms }: Settings, { mail }: DnsSettings): MailDomainRecords[] {
  if (mail === undefined) return [];
  const common = {
    spf: mail.spf,
    dmarcPolicy: mail.dmarc,
    ...(mail.reportsTo === undefined ? {} : { reportsTo: mail.reportsTo }),
  };
  const aliasDomains = realms.flatMap((realm) =>
    realm.kind === "directory" && realm.aliasDomain !== undefined ? [realm.aliasDomain] : [],
  );
  return [
    { domain, ...common },
    ...[...new Set(aliasDomains)].map((alias) => ({ domain: alias, exchanges: [domain], ...common })),
  ];
}
