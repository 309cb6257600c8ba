import { renderMtaSts, type MtaStsPolicy } from "../dns/mta-sts.ts";
import type { RealmSettings, Settings } from "./schema.ts";

/** What follows from settings and more than one part of the stack goes by. */

/** The realm that the id site's root leads to: the first one. */
export function homeRealmOf({ realms }: Settings): RealmSettings {
  const [home] = realms;
  if (home === undefined) throw new Error("settings hold one realm at least");
  return home;
}

/** Addresses of the host that the public ports are published on, the IPv4 one first. */
export function bindAddressesOf({ host }: Settings): string[] {
  return [host.bindAddress, ...(host.bindAddress6 === undefined ? [] : [host.bindAddress6])];
}

/** Addresses that the world reaches the stack at: those of the host, unless something stands before it. */
export function publicAddressesOf(settings: Settings): readonly string[] {
  return settings.dns?.addresses ?? bindAddressesOf(settings);
}

/** Domain of the aliases that a realm's accounts get, where they do. */
export function aliasDomainOf({ realms }: Settings, name: string): string | undefined {
  const realm = realms.find((each) => each.name === name);
  return realm?.kind === "directory" ? realm.aliasDomain : undefined;
}

/** Domains of all realms' aliases, each once. */
export function aliasDomainsOf({ realms }: Settings): string[] {
  const domains = realms.flatMap((realm) =>
    realm.kind === "directory" && realm.aliasDomain !== undefined ? [realm.aliasDomain] : [],
  );
  return [...new Set(domains)];
}

/** Domains that the stack's own mail comes from, the identity domain first. */
export function senderDomainsOf({ domain, realms }: Settings): string[] {
  const senders = realms.flatMap(({ sender }) => (sender === undefined ? [] : [domainOf(sender)]));
  return [...new Set([domain, ...senders])];
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

/** What senders must do about TLS towards the alias domains; nothing without a relay that asks for it. */
export function mtaStsOf({ relay }: Settings): MtaStsPolicy | undefined {
  if (relay === undefined || relay.mtaSts === "none") return undefined;
  return { mode: relay.mtaSts, exchanges: [relay.hostname] };
}

/** A host name beside the id site's, and the content of its files by name. */
export interface Site {
  readonly domain: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Sites that nginx serves beside the id site. */
export function sitesOf(settings: Settings): Site[] {
  const { nginx, relay } = settings;
  const aliasDomains = aliasDomainsOf(settings);
  const policy = mtaStsOf(settings);
  return [
    ...aliasDomains.map((domain) => ({ domain, files: nginx.files })),
    ...(relay === undefined || [settings.domain, ...aliasDomains].includes(relay.hostname)
      ? []
      : [{ domain: relay.hostname, files: {} }]),
    ...(policy === undefined
      ? []
      : aliasDomains.map((domain) => ({
          domain: `mta-sts.${domain}`,
          files: { ".well-known/mta-sts.txt": renderMtaSts(policy) },
        }))),
  ];
}

/** All names that people and mail servers know the stack by, the id site's first. */
export function publicNamesOf(settings: Settings): string[] {
  return [settings.domain, ...sitesOf(settings).map(({ domain }) => domain)];
}

/** The directory serves all realms, so it asks for no more than the least strict of them. */
export function leastPasswordLength({ realms }: Settings): number {
  const lengths = realms.flatMap((realm) =>
    realm.kind === "directory" ? [realm.passwordPolicy.minLength] : [],
  );
  return Math.min(...lengths);
}

/** Domains whose mail is signed: those the stack sends from, and the relay's own name, under which it returns mail. */
export function signedDomainsOf(settings: Settings): string[] {
  const { relay } = settings;
  return [...new Set([...senderDomainsOf(settings), ...(relay === undefined ? [] : [relay.hostname])])];
}
