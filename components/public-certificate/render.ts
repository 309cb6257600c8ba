import type { DnsUpdateEndpoint } from "../endpoints.ts";

/** Where the answers to HTTP-01 are, in this container; nginx serves them from the same volume. */
export const CHALLENGES = "/var/lib/challenges";

/** File with the secret of the key by which answers to DNS-01 are put into zones. */
export const TSIG_SECRET = "tsig.secret";

export interface AcmeArgs {
  /** Address of the ACME server's directory (RFC 8555, section 7.1.1). */
  readonly directory: string;
  /** Where the ACME server writes when something is wrong. */
  readonly email: string;
  /** Takes the answers to DNS-01. @default HTTP-01, which nginx answers */
  readonly dns?: Pick<DnsUpdateEndpoint, "host" | "port" | "key" | "hasSecondaries">;
}

/** `lego.args`: arguments of lego, one a line. */
export function renderLegoArgs({ directory, email, dns }: AcmeArgs): string {
  const args = ["--server", directory, "--email", email, "--key-type", "ec256"];
  const challenge =
    dns === undefined
      ? ["--http", "--http.webroot", CHALLENGES]
      : // It is the server of the zones itself that is asked which zone a name is in, and it knows what it was told.
        ["--dns", "rfc2136", "--dns.resolvers", `${dns.host}:${dns.port}`, "--dns.disable-cp"];
  return [...args, ...challenge, ""].join("\n");
}

/** Seconds after which all name servers of a zone have an answer to DNS-01; lego waits as long for each name. */
export function settlingSec({ hasSecondaries }: NonNullable<AcmeArgs["dns"]>): number {
  return hasSecondaries ? 30 : 2;
}

/** `lego.env`: environment of lego for DNS-01; the secret itself is in a file. */
export function renderLegoEnvironment(dns: NonNullable<AcmeArgs["dns"]>): string {
  const { host, port, key } = dns;
  return `RFC2136_NAMESERVER=${host}:${port}
RFC2136_TSIG_ALGORITHM=${key.algorithm}.
RFC2136_TSIG_KEY=${key.name}
RFC2136_TSIG_SECRET_FILE=/etc/sso/${TSIG_SECRET}
# Names are done one after the other; the minute between them is for servers that are slower to answer.
RFC2136_SEQUENCE_INTERVAL=1
# Despite its name it is waited once, before the ACME server looks at any of the zone's servers.
RFC2136_POLLING_INTERVAL=${settlingSec(dns)}
`;
}

/** `names`: the host names that the certificate is for, one a line. */
export function renderNames(names: readonly string[]): string {
  return `${names.join("\n")}\n`;
}
