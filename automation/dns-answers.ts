import * as dns from "node:dns/promises";
import { aliasDomainsOf } from "../components/settings/derived.ts";
import type { Settings } from "../components/settings/schema.ts";

/** What DNS should say for a stack to be found, and what it says to this machine. */
export interface DnsAnswer {
  readonly name: string;
  readonly type: "A" | "AAAA" | "MX";
  readonly expected: string;
  readonly found: readonly string[];
}

const TIMEOUT_MS = 3000;

/** Asks this machine's resolver; nothing of a stack on a loopback address, which DNS need not know. */
export async function dnsAnswers(settings: Settings): Promise<DnsAnswer[]> {
  const { domain, host, relay } = settings;
  if (host.bindAddress.startsWith("127.")) return [];
  const { bindAddress, bindAddress6 } = host;
  const addresses = (name: string): Promise<DnsAnswer>[] => [
    ask(name, "A", bindAddress),
    ...(bindAddress6 === undefined ? [] : [ask(name, "AAAA", bindAddress6)]),
  ];
  return Promise.all([
    ...addresses(domain),
    ...(relay === undefined
      ? []
      : [
          ...addresses(relay.hostname),
          ...aliasDomainsOf(settings).map((name) => ask(name, "MX", relay.hostname)),
        ]),
  ]);
}

async function ask(name: string, type: DnsAnswer["type"], expected: string): Promise<DnsAnswer> {
  const resolver = new dns.Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  const answers = {
    A: () => resolver.resolve4(name),
    AAAA: () => resolver.resolve6(name),
    MX: async () => (await resolver.resolveMx(name)).map(({ exchange }) => exchange),
  };
  // A name that is not there, or a resolver that does not answer, is what an operator is to see.
  const found = await answers[type]().catch(() => []);
  return { name, type, expected, found };
}
