import * as dns from "node:dns/promises";
import * as net from "node:net";
import { aliasDomainsOf, publicAddressesOf } from "../components/settings/derived.ts";
import type { Settings } from "../components/settings/schema.ts";

/** What DNS should say for a stack to be found, and what it says to this machine. */
export interface DnsAnswer {
  readonly name: string;
  readonly type: "A" | "AAAA" | "MX";
  readonly expected: string;
  readonly found: readonly string[];
}

/** What is asked of a resolver. */
export type Resolver = Pick<dns.Resolver, "resolve4" | "resolve6" | "resolveMx">;

const TIMEOUT_MS = 3000;

/**
 * Asks for the addresses of the id site and the relay, and for who takes the aliases' mail; asks nothing of a stack on a
 * loopback address, which DNS need not know.
 *
 * @param resolver whom to ask. @default this machine's, which sees the stack from outside
 */
export async function dnsAnswers(
  settings: Settings,
  resolver: Resolver = new dns.Resolver({ timeout: TIMEOUT_MS, tries: 1 }),
): Promise<DnsAnswer[]> {
  const { domain, relay } = settings;
  const addresses = publicAddressesOf(settings);
  if (addresses.some((address) => address.startsWith("127."))) return [];
  const ofHost = (name: string): Promise<DnsAnswer>[] =>
    addresses.map((address) => ask(resolver, name, net.isIPv6(address) ? "AAAA" : "A", address));
  return Promise.all([
    ...ofHost(domain),
    ...(relay === undefined
      ? []
      : [
          ...ofHost(relay.hostname),
          ...aliasDomainsOf(settings).map((name) => ask(resolver, name, "MX", relay.hostname)),
        ]),
  ]);
}

async function ask(
  resolver: Resolver,
  name: string,
  type: DnsAnswer["type"],
  expected: string,
): Promise<DnsAnswer> {
  const answers = {
    A: () => resolver.resolve4(name),
    AAAA: () => resolver.resolve6(name),
    MX: async () => (await resolver.resolveMx(name)).map(({ exchange }) => exchange),
  };
  // A name that is not there, or a resolver that does not answer, is what an operator is to see.
  const found = await answers[type]().catch(() => []);
  return { name, type, expected, found };
}
