import * as pulumi from "@pulumi/pulumi";
import {
  publicAddressesOf,
  aliasDomainsOf,
  signedDomainsOf,
  mtaStsOf,
  publicNamesOf,
} from "../settings/derived.ts";
import type { DnsSettings, Settings } from "../settings/schema.ts";
import { clashingNames, type DnsRecord, renderRecords, zoneOf } from "./records.ts";
import { type DkimKey, type Issuer, type MailDomainRecords, stackRecords } from "./stack-records.ts";

/** A stack's records as text of zone files. */
export interface ZoneTexts {
  /** Of each zone in the settings. */
  readonly zones: Readonly<Record<string, string>>;
  /** Records at names outside of these zones; empty if there are none. */
  readonly elsewhere: string;
}

/** What the stack's own mail is signed with. */
export interface SigningKey {
  readonly selector: string;
  readonly publicKeyPem: string;
}

/**
 * The records that a stack's settings amount to.
 *
 * @param dkim the relay's key, once it is known
 * @throws {pulumi.RunError} when a name would hold a CNAME and something else
 */
export function zoneTexts(settings: Settings, dns: DnsSettings, dkim?: SigningKey): ZoneTexts {
  const records = recordsOf(settings, dns, dkim);
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

function recordsOf(settings: Settings, dns: DnsSettings, dkim: SigningKey | undefined): DnsRecord[] {
  if (dns.kind === "update" && dns.withdraw) return [];
  const addresses = publicAddressesOf(settings);
  const keys = dkim === undefined ? [] : [dkimKey(dkim)];
  const issuers = issuersOf(settings);
  return stackRecords({
    sites: publicNamesOf(settings).map((domain) => ({
      domain,
      addresses,
      ...(issuers === undefined ? {} : { issuers }),
    })),
    mailDomains: mailDomainsOf(settings, dns, keys),
    atlassian: dns.atlassian,
    ...(dns.kind === "knot" ? { delegation: { zones: dns.zones, nameServers: dns.nameServers } } : {}),
    extra: dns.records,
  });
}

/** Who may issue certificates for the sites: nobody where the stack's own CA does, anybody for given ones. */
function issuersOf({ certificates }: Settings): Issuer[] | undefined {
  switch (certificates.kind) {
    case "own":
      return [];
    case "acme":
      return [{ domain: certificates.issuer }];
    case "given":
      return undefined;
  }
}

function dkimKey({ selector, publicKeyPem }: SigningKey): DkimKey {
  return { selector, publicKey: publicKeyPem.replaceAll(/-----[A-Z ]+-----|\s/g, "") };
}

/**
 * The domains that the stack's mail comes from, signed, and the alias domains, whose mail the relay takes. The relay
 * returns mail under its own name.
 */
function mailDomainsOf(
  settings: Settings,
  { mail }: DnsSettings,
  dkim: readonly DkimKey[],
): MailDomainRecords[] {
  if (mail === undefined) return [];
  const common = {
    policy: { spf: mail.spf, dmarc: mail.dmarc },
    ...(mail.reportsTo === undefined ? {} : { reportsTo: mail.reportsTo }),
  };
  const { relay } = settings;
  const policy = mtaStsOf(settings);
  const aliases = aliasDomainsOf(settings);
  const senders = signedDomainsOf(settings);
  const own = [settings.domain, relay?.hostname];
  return [
    ...senders
      .filter((domain) => !aliases.includes(domain))
      .map((domain) => ({ domain, dkim, ...(own.includes(domain) ? common : {}) })),
    ...aliases.map((domain) => ({
      domain,
      ...(senders.includes(domain) ? { dkim } : {}),
      ...(relay === undefined ? {} : { exchanges: [relay.hostname] }),
      ...(policy === undefined ? {} : { mtaSts: policy.mode }),
      ...common,
    })),
  ];
}
