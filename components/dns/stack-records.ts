import * as net from "node:net";
import { getDomain } from "tldts";
import { mtaStsId, type MtaStsPolicy } from "./mta-sts.ts";
import type { DnsRecord } from "./records.ts";

/** A public certificate authority that may issue for a name. */
export interface Issuer {
  /** What it calls itself in CAA records, such as `letsencrypt.org`. */
  readonly domain: string;
  /** ACME account that alone may ask for certificates (RFC 8657). @default any account */
  readonly accountUri?: string;
}

/** A site that the stack serves. */
export interface SiteRecords {
  readonly domain: string;
  /** IPv4 and IPv6 addresses. */
  readonly addresses: readonly string[];
  /** Who may issue certificates for it; nobody, if the list is empty. @default anybody */
  readonly issuers?: readonly Issuer[];
}

/** A domain that mail is sent from, or taken for. */
export interface MailDomainRecords {
  readonly domain: string;
  /** Servers that take its mail, best first. @default none: it only sends */
  readonly exchanges?: readonly string[];
  /** What receivers go by; where others send for the domain too, that is theirs to say. @default nothing */
  readonly policy?: SenderPolicy;
  /** Address for DMARC's and TLS's daily reports (RFC 7489, RFC 8460). @default no reports */
  readonly reportsTo?: string;
  /** Public keys that its mail is signed with. @default none */
  readonly dkim?: readonly DkimKey[];
  /** What senders must do about TLS, as the site `mta-sts.DOMAIN` says too. @default no policy */
  readonly mtaSts?: MtaStsPolicy["mode"];
}

/** What receivers go by, of mail that says it is from a domain. */
export interface SenderPolicy {
  /** SPF mechanisms of those that send for it, such as `include:spf.mandrillapp.com`; nobody else may. */
  readonly spf: readonly string[];
  /** What they shall do with mail that fails SPF and DKIM (RFC 7489). */
  readonly dmarc: "none" | "quarantine" | "reject";
}

export interface DkimKey {
  readonly selector: string;
  /** Base64 of the DER-encoded RSA public key (RFC 6376, section 3.6.1). */
  readonly publicKey: string;
}

/** What Atlassian asks of a domain that is verified with it. */
export interface AtlassianRecords {
  readonly domain: string;
  /** The code after `atlassian-domain-verification=`. */
  readonly verification: string;
  /** CNAMEs by which it signs and bounces mail of the domain, as its console lists them. @default none */
  readonly cnames?: readonly { readonly name: string; readonly target: string }[];
}

/** A name server of the zones. */
export interface NameServer {
  readonly name: string;
  /** Its addresses, where its own name lies in one of the zones. @default none */
  readonly addresses?: readonly string[];
}

export interface StackRecordsArgs {
  readonly sites: readonly SiteRecords[];
  readonly mailDomains: readonly MailDomainRecords[];
  readonly atlassian: readonly AtlassianRecords[];
  /** Zones whose servers the stack names, and these servers. @default others name them */
  readonly delegation?: { readonly zones: readonly string[]; readonly nameServers: readonly NameServer[] };
  /** Whatever the operator wants besides. */
  readonly extra: readonly DnsRecord[];
}

/** All records of a stack, made of the same settings as what they point to. */
export function stackRecords(args: StackRecordsArgs): DnsRecord[] {
  return [
    ...delegationRecords(args.delegation),
    ...args.sites.flatMap(siteRecords),
    ...args.mailDomains.flatMap(mailDomainRecords),
    ...args.atlassian.flatMap(atlassianRecords),
    ...args.extra,
  ];
}

function delegationRecords(delegation: StackRecordsArgs["delegation"]): DnsRecord[] {
  const { zones, nameServers } = delegation ?? { zones: [], nameServers: [] };
  return [
    ...zones.flatMap((zone) =>
      nameServers.map((server): DnsRecord => ({ name: zone, type: "NS", target: server.name })),
    ),
    ...nameServers.flatMap(({ name, addresses = [] }) => addressRecords(name, addresses)),
  ];
}

function siteRecords({ domain, addresses, issuers }: SiteRecords): DnsRecord[] {
  return [
    ...addressRecords(domain, addresses),
    ...(issuers === undefined ? [] : caaRecords(domain, issuers)),
  ];
}

function addressRecords(name: string, addresses: readonly string[]): DnsRecord[] {
  return addresses.map((address) => ({ name, type: net.isIPv6(address) ? "AAAA" : "A", address }));
}

/** `;` alone says that nobody may (RFC 8659, section 4.2). No site of the stack has a wildcard certificate. */
function caaRecords(name: string, issuers: readonly Issuer[]): DnsRecord[] {
  const values = issuers.map(({ domain, accountUri }) =>
    accountUri === undefined ? domain : `${domain}; accounturi=${accountUri}`,
  );
  return [
    ...(values.length === 0 ? [";"] : values).map((value): DnsRecord => ({
      name,
      type: "CAA",
      tag: "issue",
      value,
    })),
    { name, type: "CAA", tag: "issuewild", value: ";" },
  ];
}

function mailDomainRecords(mail: MailDomainRecords): DnsRecord[] {
  const { domain, exchanges = [], policy, reportsTo } = mail;
  const txt = (name: string, text: string): DnsRecord => ({ name: `${name}.${domain}`, type: "TXT", text });
  // What the relay signs passes by that. What it forwards has an envelope sender of its own, perhaps below the same domain,
  // and must not pass for mail of this one.
  const alignment = (mail.dkim ?? []).length === 0 ? "" : "; aspf=s";
  const reports = (key: string): string => (reportsTo === undefined ? "" : `; ${key}=mailto:${reportsTo}`);
  return [
    ...exchanges.map((exchange, index): DnsRecord => ({
      name: domain,
      type: "MX",
      preference: 10 * (index + 1),
      exchange,
    })),
    ...(policy === undefined
      ? []
      : [
          { name: domain, type: "TXT", text: ["v=spf1", ...policy.spf, "-all"].join(" ") } as const,
          txt("_dmarc", `v=DMARC1; p=${policy.dmarc}${alignment}${reports("rua")}`),
          ...reportConsent(domain, reportsTo),
        ]),
    ...(mail.dkim ?? []).map(({ selector, publicKey }) =>
      txt(`${selector}._domainkey`, `v=DKIM1; k=rsa; p=${publicKey}`),
    ),
    ...(exchanges.length > 0 && reportsTo !== undefined
      ? [txt("_smtp._tls", `v=TLSRPTv1${reports("rua")}`)]
      : []),
    ...(mail.mtaSts === undefined
      ? []
      : [txt("_mta-sts", `v=STSv1; id=${mtaStsId({ mode: mail.mtaSts, exchanges })};`)]),
  ];
}

/** By this the domain of an address says that it takes reports about another one (RFC 7489, section 7.1). */
function reportConsent(domain: string, reportsTo = `@${domain}`): DnsRecord[] {
  const recipient = reportsTo.slice(reportsTo.lastIndexOf("@") + 1);
  if (getDomain(recipient) === getDomain(domain)) return [];
  return [{ name: `${domain}._report._dmarc.${recipient}`, type: "TXT", text: "v=DMARC1" }];
}

function atlassianRecords({ domain, verification, cnames = [] }: AtlassianRecords): DnsRecord[] {
  return [
    { name: domain, type: "TXT", text: `atlassian-domain-verification=${verification}` },
    ...cnames.map(({ name, target }): DnsRecord => ({ name, type: "CNAME", target })),
  ];
}
