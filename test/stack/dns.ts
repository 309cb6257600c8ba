import { execFileSync } from "node:child_process";
import type { Throwaway } from "./throwaway.ts";

/** Domain of the accounts' alias addresses in test stacks; a zone of their Knot. */
export const ALIAS_DOMAIN = "alias.test";

/** What Atlassian's console lists for a domain whose mail it signs and whose bounces it takes. */
export const ATLASSIAN_CNAMES = ["s1._domainkey", "s2._domainkey", "bounces"].map((name) => ({
  name: `${name}.${ALIAS_DOMAIN}`,
  target: `${name}.outside.atlassian.test`,
}));

/** The key that the stack's secondary asks with. */
export const SECONDARY_KEY = {
  name: "second",
  secret: Buffer.from("known to the secondary").toString("base64"),
};

/** The stack's other zone. */
export const zoneOf = ({ name }: Throwaway): string => `${name}.test`;

/** A domain whose SPF record is of no use: a control. */
export const brokenDomain = (throwaway: Throwaway): string => `broken.${zoneOf(throwaway)}`;

/** The host's address on the engine's default network, which every container reaches. */
export function engineAddress(): string {
  // Asked of the kernel: an engine that has just been installed does not note its own address before its second start.
  const shown = execFileSync("ip", ["-json", "-4", "address", "show", "docker0"], { encoding: "utf8" });
  const [bridge] = JSON.parse(shown) as { addr_info: { local: string }[] }[];
  return bridge?.addr_info[0]?.local ?? "";
}

/** Where a test runs the secondary: on the host, at an address that containers reach. */
export function secondaryOf({ address }: Throwaway): { address: string; port: number } {
  const [, , b = 0, c = 0] = address.split(".").map(Number);
  return { address: engineAddress(), port: 20_000 + ((b * 256 + c) % 20_000) };
}

/** What a test stack's file says of DNS. */
export function dnsSettings(throwaway: Throwaway): Record<string, unknown> {
  const zone = zoneOf(throwaway);
  return {
    kind: "knot",
    zones: [zone, ALIAS_DOMAIN],
    nameServers: [{ name: `ns1.${zone}`, addresses: [throwaway.address] }, { name: "ns2.elsewhere.test" }],
    secondaries: [{ ...secondaryOf(throwaway), key: { name: SECONDARY_KEY.name } }],
    mail: { spf: [`include:_spf.${zone}`], dmarc: "reject", reportsTo: `dmarc@${ALIAS_DOMAIN}` },
    atlassian: [{ domain: ALIAS_DOMAIN, verification: "code-of-atlassian", cnames: ATLASSIAN_CNAMES }],
    records: [
      { type: "TXT", name: `_spf.${zone}`, text: "v=spf1 ip4:192.0.2.25 -all" },
      { type: "TXT", name: brokenDomain(throwaway), text: "v=spf1 inlcude:nobody.test -all" },
      { type: "CNAME", name: `jira.${zone}`, target: "community.atlassian.test" },
    ],
  };
}

/** Image of the tools, once they have been started. */
export const TOOLS_IMAGE = "sso-test/dns";
