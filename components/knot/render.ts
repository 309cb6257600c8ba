import type { TsigKey } from "../endpoints.ts";

/** Port in the container; above 1023, so no capability is needed to bind it. */
export const KNOT_PORT = 1053;

/** Key that may read and change the zones: the stack's own. */
export const RECORDS_KEY = "records";

/** Key that may put answers to ACME challenges into the zones, and nothing else. */
export const CHALLENGES_KEY = "acme";

/** A server that keeps a copy of the zones. */
export interface Secondary {
  /** Name of the TSIG key by which it asks for transfers. */
  readonly key: string;
  /** Address and port that are told of changes. */
  readonly address: string;
  readonly port: number;
}

export interface KnotConfArgs {
  readonly zones: readonly string[];
  /** @default none */
  readonly secondaries?: readonly Secondary[];
  /** Host names that certificates are asked for, by answers below them. @default none */
  readonly challenged?: readonly string[];
}

/** Responses a second to one network before they are held back: a resolver of many people asks less. */
const RESPONSES_PER_SEC = 200;

/**
 * `knot.conf`: zones signed by keys that Knot makes and rolls itself, changed by dynamic updates alone, transferred to
 * whoever has a key. ECDSA P-256 as RFC 8624 recommends; NSEC as RFC 9276 does where names are no secret.
 */
export function renderKnotConf({ zones, secondaries = [], challenged = [] }: KnotConfArgs): string {
  const acls = [
    RECORDS_KEY,
    ...(challenged.length === 0 ? [] : [CHALLENGES_KEY]),
    ...secondaries.map(({ key }) => key),
  ];
  return `# Read with the keys in keys.conf; see the Dockerfile for the folders.
include: /etc/sso/keys.conf

server:
    rundir: /run/knot
    listen: [ "0.0.0.0@${KNOT_PORT}", "::@${KNOT_PORT}" ]
    # Neither says what runs here.
    identity: ""
    version: ""
    udp-workers: 2
    tcp-workers: 2
    background-workers: 2

log:
  - target: stdout
    any: info

database:
    storage: /var/lib/knot

acl:
  - id: ${RECORDS_KEY}
    key: ${RECORDS_KEY}
    action: [ transfer, update ]
${challengesAcl(challenged)}${secondaries.map(({ key }) => `  - id: ${key}\n    key: ${key}\n    action: transfer\n`).join("")}
${remotes(secondaries)}policy:
  - id: signed
    algorithm: ecdsap256sha256

mod-rrl:
  - id: default
    rate-limit: ${RESPONSES_PER_SEC}

template:
  - id: default
    global-module: mod-rrl/default
    storage: /var/lib/knot/zones
    file: "%s.zone"
    zonefile-sync: 0
    zonefile-load: difference
    # Higher than before even when a zone is made anew, so that secondaries follow.
    serial-policy: unixtime
    dnssec-signing: on
    dnssec-policy: signed
    acl: ${listOf(acls)}
${
  secondaries.length === 0
    ? ""
    : `    notify: ${listOf(secondaries.map(({ key }) => key))}
`
}
zone:
${zones.map((zone) => `  - domain: ${zone}\n`).join("")}`;
}

/** RFC 8555, section 8.4: the answer is a TXT record at this name. */
function challengesAcl(names: readonly string[]): string {
  if (names.length === 0) return "";
  return `  - id: ${CHALLENGES_KEY}
    key: ${CHALLENGES_KEY}
    action: update
    update-type: TXT
    update-owner: name
    update-owner-match: equal
    update-owner-name: ${listOf(names.map((name) => `_acme-challenge.${name}.`))}
`;
}

function remotes(secondaries: readonly Secondary[]): string {
  const entries = secondaries.map(
    ({ key, address, port }) => `  - id: ${key}\n    address: ${address}@${port}\n    key: ${key}\n`,
  );
  return entries.length === 0 ? "" : `remote:\n${entries.join("")}\n`;
}

function listOf(names: readonly string[]): string {
  return `[ ${names.join(", ")} ]`;
}

/** `keys.conf`: the TSIG keys (RFC 8945) of the stack and of the secondaries, with their secrets. */
export function renderKeys(keys: readonly (TsigKey & { readonly secret: string })[]): string {
  const entries = keys.map(
    ({ name, algorithm, secret }) =>
      `  - id: ${name}\n    algorithm: ${algorithm}\n    secret: "${secret}"\n`,
  );
  return `key:\n${entries.join("")}`;
}

/**
 * What a zone begins as; everything else comes by updates. Refresh, retry and expire as RIPE-203 has them, but asked
 * again hourly; a name that is missing is asked for again after five minutes.
 *
 * @param nameServer the primary one
 */
export function renderEmptyZone(zone: string, nameServer: string): string {
  return `${zone}. 3600 SOA ${nameServer}. hostmaster.${zone}. 1 3600 900 1209600 300\n`;
}
