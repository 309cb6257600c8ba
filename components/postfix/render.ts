import type { LdapEndpoint } from "../endpoints.ts";

/** Ports inside the container; above 1023, so that no capability is needed to bind them. */
export const RELAY_PORT = 1025;
export const SUBMISSION_PORT = 1587;

/** Daemons of the same container that Postfix asks, on its loopback. */
const SRS_FORWARD_PORT = 10001;
const SRS_REVERSE_PORT = 10002;
const DKIM_PORT = 8891;
const DKIM = `inet:127.0.0.1:${DKIM_PORT}`;

/** Where the entrypoint puts what everybody may read. */
const RUN = "/run/sso";

/** The certificate of the stack's own CA, which the entrypoint leaves where it is. */
const OWN_TLS = "/etc/sso-tls";

/** Where it puts what Postfix's daemons read after they have given up root. */
const OWN = `${RUN}/postfix`;

/** Where stunnel takes what goes to the directory, and how long that may leave anybody waiting. */
const DIRECTORY_SOCKET = `${OWN}/directory.sock`;
const DIRECTORY_TIMEOUT_SEC = 5;

/** Realm of the submission port's accounts; never seen by a client. */
const SASL_REALM = "sso";

const WRITTEN = "# Written by Pulumi; changes here are lost.\n";

/** Where the relay hands all mail to. */
export interface Smarthost {
  readonly host: string;
  readonly port: number;
}

export interface MainCfArgs {
  /** Name in the greeting and in HELO; the aliases' domains name it as their MX. */
  readonly hostname: string;
  /** Domains of the aliases, one or more. */
  readonly aliasDomains: readonly string[];
  /** Address of the people who run the relay. */
  readonly postmaster: string;
  readonly smarthost: Smarthost;
  /** Whether a smarthost wants a login. */
  readonly smarthostLogin: boolean;
  /** Domains whose mail goes to a smarthost of its own, exactly these. @default none */
  readonly exceptions?: { readonly domains: readonly string[]; readonly smarthost: Smarthost };
  /** Whether `ada+anything@DOMAIN` reaches who has `ada@DOMAIN`. */
  readonly plusAddressing: boolean;
  /** Largest message, in MiB. */
  readonly maxMessageMiB: number;
  /** Most messages, and most recipients, that one client address may send in a minute. */
  readonly messagesPerMinute: number;
}

/** `main.cf`: what all of Postfix's daemons go by. What only one port does stands in `master.cf`. */
export function renderMainCf(args: MainCfArgs): string {
  return [WRITTEN, identity(args), incoming(args), outgoing(args), aliases(args), limits(args)].join("\n");
}

function identity({ hostname }: MainCfArgs): string {
  return `compatibility_level = 3.7
myhostname = ${hostname}
myorigin = $myhostname
# Nobody has a mailbox here, and no network is trusted for its address alone.
mydestination =
mynetworks =
local_recipient_maps =
local_transport = error:5.1.1 no mailboxes here
alias_maps =
alias_database =
inet_interfaces = all
inet_protocols = all
data_directory = ${OWN}/data
maillog_file = /dev/stdout
# What would be told to a postmaster is in the log.
notify_classes =
biff = no
`;
}

function incoming({ hostname }: MainCfArgs): string {
  return `smtpd_banner = ${hostname} ESMTP
smtpd_helo_required = yes
disable_vrfy_command = yes
# The client's address decides; its name would only make mail wait for DNS.
smtpd_peername_lookup = no
smtpd_tls_cert_file = ${RUN}/tls/tls.crt
smtpd_tls_key_file = ${RUN}/tls/tls.key
smtpd_tls_protocols = >=TLSv1.2
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_mandatory_ciphers = high
smtpd_tls_loglevel = 1
# Smuggling (CVE-2023-51764): only CR LF . CR LF ends a message, bare line ends become CR LF, and BDAT, which knows no
# end of lines at all, is not offered. Debian's 3.7 leaves the first two off.
smtpd_forbid_bare_newline = normalize
smtpd_forbid_bare_newline_exclusions =
smtpd_forbid_unauth_pipelining = yes
smtpd_discard_ehlo_keywords = silent-discard, chunking, etrn, dsn
cleanup_replace_stray_cr_lf = yes
# An address means what it says: no route inside a local part, nothing added to an unfinished one.
allow_percent_hack = no
swap_bangpath = no
allow_untrusted_routing = no
append_dot_mydomain = no
smtputf8_enable = no
`;
}

function outgoing({ smarthost, smarthostLogin, exceptions }: MainCfArgs): string {
  const login = smarthostLogin
    ? `smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = texthash:/etc/sso/smarthost.login
smtp_sasl_tls_security_options = noanonymous
# A password that the smarthost refuses is put right by an operator; mail waits for that.
smtp_sasl_auth_soft_bounce = yes
`
    : "";
  const ways = (exceptions?.domains ?? []).map(
    (domain) => `{ ${domain} = smtp:${nexthop(exceptions?.smarthost ?? smarthost)} }`,
  );
  const others = ways.length === 0 ? "" : `transport_maps = inline:{ ${ways.join(", ")} }\n`;
  return `relayhost = ${nexthop(smarthost)}
${others}# Addresses come from the resolver that the container has, without asking for an MX.
smtp_host_lookup = native
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = nexthop
smtp_tls_CAfile = ${RUN}/trusted.crt
smtp_tls_mandatory_protocols = >=TLSv1.2
smtp_tls_mandatory_ciphers = high
smtp_tls_loglevel = 1
smtp_connection_cache_on_demand = yes
smtp_tls_connection_reuse = yes
${login}# What was signed leaves as it came: no other encoding, no long line broken.
disable_mime_output_conversion = yes
smtp_line_length_limit = 0
local_header_rewrite_clients =
# Tried again soon after the smarthost is back. RFC 5321, section 4.5.4.1, asks for four or five days in all.
queue_run_delay = 30s
minimal_backoff_time = 30s
maximal_backoff_time = 15m
maximal_queue_lifetime = 5d
bounce_queue_lifetime = 5d
# What the relay itself says is signed as mail of the stack's own is; what it forwards does not come this way.
internal_mail_filter_classes = bounce
non_smtpd_milters = ${DKIM}
milter_default_action = tempfail
# Loops end: a message of more hops is returned.
hopcount_limit = 50
`;
}

/** Mailboxes that every domain must have (RFC 2142); Postfix takes mail to a postmaster of no domain in any case. */
export const ROLE_MAILBOXES = ["abuse", "postmaster"] as const;

function aliases({ hostname, aliasDomains, postmaster, plusAddressing }: MainCfArgs): string {
  const roles = ROLE_MAILBOXES.flatMap((role) =>
    [...aliasDomains, hostname].map((domain) => `${role}@${domain}`),
  );
  return `virtual_alias_domains = ${aliasDomains.join(", ")}
virtual_alias_maps = inline:{ ${roles.map((role) => `{ ${role} = ${postmaster} }`).join(", ")} }, proxy:ldap:${OWN}/aliases.cf
proxy_read_maps = proxy:ldap:${OWN}/aliases.cf
parent_domain_matches_subdomains =
recipient_delimiter = ${plusAddressing ? "+" : ""}
propagate_unmatched_extensions =
# An address that leads to an alias, and on to the next, is somebody's mistake.
virtual_alias_recursion_limit = 5
virtual_alias_expansion_limit = 5
# SRS: forwarded mail has an envelope sender of ours, or the next server's SPF check fails. Headers stay.
sender_canonical_maps = tcp:127.0.0.1:${SRS_FORWARD_PORT}
sender_canonical_classes = envelope_sender
recipient_canonical_maps = tcp:127.0.0.1:${SRS_REVERSE_PORT}
recipient_canonical_classes = envelope_recipient
`;
}

function limits({ maxMessageMiB, messagesPerMinute }: MainCfArgs): string {
  const bytes = maxMessageMiB * 1024 ** 2;
  return `message_size_limit = ${bytes}
mailbox_size_limit = 0
# Room for one more message, or mail is answered 452 (postconf(5) asks for 1.5 times the largest at least).
queue_minfree = ${bytes * 2}
anvil_rate_time_unit = 60s
smtpd_client_message_rate_limit = ${messagesPerMinute}
smtpd_client_recipient_rate_limit = ${messagesPerMinute}
smtpd_client_event_limit_exceptions =
smtpd_recipient_limit = 100
`;
}

/** What the ports go by. */
export interface MasterCfArgs {
  /** The identity domain, which nobody but the stack sends from. */
  readonly domain: string;
}

/**
 * `master.cf`: the two ports, and no daemon that delivers here. Nothing runs in Postfix's own chroot: the container is
 * one, and CAP_SYS_CHROOT is not given.
 */
export function renderMasterCf({ domain }: MasterCfArgs): string {
  const ports = [
    port(RELAY_PORT, {
      syslog_name: "postfix/relay",
      smtpd_tls_security_level: "may",
      // Before anything is said: who is not listed learns no more than that.
      smtpd_delay_reject: "no",
      smtpd_client_restrictions: "check_client_access,cidr:/etc/sso/clients.cidr,reject",
      smtpd_sender_restrictions: impostors(domain),
      smtpd_relay_restrictions: "reject_unauth_destination",
      smtpd_recipient_restrictions:
        "reject_unauth_destination,check_recipient_access,regexp:/etc/sso/bounces.regexp",
      smtpd_restriction_classes: "bounces_only",
      bounces_only: "check_sender_access,inline:{<>=OK},reject",
    }),
    port(SUBMISSION_PORT, {
      syslog_name: "postfix/submission",
      smtpd_tls_security_level: "encrypt",
      // Services of the stack know it by its inner name, which no public certificate is for.
      smtpd_tls_cert_file: `${OWN_TLS}/tls.crt`,
      smtpd_tls_key_file: `${OWN_TLS}/tls.key`,
      smtpd_tls_auth_only: "yes",
      smtpd_sasl_auth_enable: "yes",
      smtpd_sasl_local_domain: SASL_REALM,
      smtpd_sasl_security_options: "noanonymous",
      smtpd_relay_restrictions: "permit_sasl_authenticated,reject",
      smtpd_recipient_restrictions: "permit_sasl_authenticated,reject",
      // Mail of our own is signed, or it waits.
      smtpd_milters: DKIM,
    }),
  ];
  return [WRITTEN, ...ports, DAEMONS.map(row).join(""), ""].join("");
}

/**
 * Refuses mail from outside whose envelope is in the name of the stack itself: by our smarthost it would pass the checks that
 * receivers make of our own (SPF, and with it DMARC). A listed sender may write in the name of an alias.
 */
function impostors(domain: string): string {
  return `check_sender_access,inline:{ { ${domain} = REJECT mail of this domain does not come from outside } }`;
}

/** A service of master(5), as far as it differs from the default. */
interface Daemon {
  readonly service: string;
  readonly command: string;
  readonly type?: "unix" | "unix-dgram";
  /** Whether other users of the container may talk to it. @default true */
  readonly isPrivate?: boolean;
  readonly wakeup?: string;
  readonly maxProcesses?: number;
}

const DAEMONS: readonly Daemon[] = [
  { service: "cleanup", command: "cleanup", isPrivate: false, maxProcesses: 0 },
  { service: "qmgr", command: "qmgr", isPrivate: false, wakeup: "300", maxProcesses: 1 },
  { service: "tlsmgr", command: "tlsmgr", wakeup: "1000?", maxProcesses: 1 },
  { service: "tlsproxy", command: "tlsproxy", maxProcesses: 0 },
  { service: "rewrite", command: "trivial-rewrite" },
  { service: "bounce", command: "bounce", maxProcesses: 0 },
  { service: "defer", command: "bounce", maxProcesses: 0 },
  { service: "trace", command: "bounce", maxProcesses: 0 },
  { service: "verify", command: "verify", maxProcesses: 1 },
  { service: "flush", command: "flush", isPrivate: false, wakeup: "1000?", maxProcesses: 0 },
  { service: "proxymap", command: "proxymap" },
  { service: "proxywrite", command: "proxymap", maxProcesses: 1 },
  { service: "smtp", command: "smtp" },
  { service: "showq", command: "showq", isPrivate: false },
  { service: "error", command: "error" },
  { service: "retry", command: "error" },
  { service: "discard", command: "discard" },
  { service: "anvil", command: "anvil", maxProcesses: 1 },
  { service: "scache", command: "scache", maxProcesses: 1 },
  { service: "postlog", command: "postlogd", type: "unix-dgram", isPrivate: false, maxProcesses: 1 },
];

function row({
  service,
  command,
  type = "unix",
  isPrivate = true,
  wakeup = "-",
  maxProcesses,
}: Daemon): string {
  const columns = [service, type, isPrivate ? "-" : "n", "-", "n", wakeup, maxProcesses ?? "-", command];
  return `${columns.join(" ")}\n`;
}

function port(number: number, settings: Readonly<Record<string, string>>): string {
  const options = Object.entries(settings).map(([name, value]) => `  -o { ${name} = ${value} }\n`);
  return `${number} inet n - n - - smtpd\n${options.join("")}`;
}

/** `sasl/smtpd.conf`: how Cyrus SASL checks passwords; the entrypoint makes the database. PLAIN goes over TLS only. */
export function renderSaslConf(): string {
  return `${WRITTEN}pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: ${OWN}/sasldb2
mech_list: PLAIN LOGIN
`;
}

/** `clients.cidr`: whose mail to aliases is taken (cidr_table(5)); everybody else is refused. */
export function renderClients(networks: readonly string[]): string {
  return `${WRITTEN}${networks.map((network) => `${network} OK\n`).join("")}`;
}

/**
 * `bounces.regexp`: an address that SRS made takes returned mail only, which has no sender (RFC 5321, section 4.5.5).
 * postsrsd says whether it is one of ours: it knows no other and none older than three weeks.
 */
export function renderBounces(): string {
  return `${WRITTEN}/^"?SRS[01][-+=]/ bounces_only\n`;
}

/** What turns an alias into an address. */
export interface AliasLookupArgs {
  readonly aliasDomains: readonly string[];
  readonly directory: Pick<LdapEndpoint, "baseDn" | "bindDn">;
  /** Secret. */
  readonly bindPassword: string;
}

/** `aliases.cf`: the lookup of an alias (ldap_table(5)). Postfix escapes what it puts for `%s` (RFC 4515). */
export function renderAliasLookup({ aliasDomains, directory, bindPassword }: AliasLookupArgs): string {
  return `${WRITTEN}server_host = ldapi://${encodeURIComponent(DIRECTORY_SOCKET)}
version = 3
bind = yes
bind_dn = ${directory.bindDn}
bind_pw = ${bindPassword}
search_base = ou=users,${directory.baseDn}
scope = sub
domain = ${aliasDomains.join(", ")}
# A label stops mail, and so does a lock that only an administrator opens, whose time slapo-ppolicy(5) defines. Locks
# after wrong passwords do not: anybody could stop a person's mail.
query_filter = (&(ssoMailAlias=%s)(mail=*)(!(ssoSpamLabel=*))(!(pwdAccountLockedTime=000001010000Z)))
result_attribute = mail
dereference = 0
chase_referrals = no
timeout = ${DIRECTORY_TIMEOUT_SEC}
`;
}

/**
 * `directory.conf`: stunnel's way to the directory, over TLS with its certificate checked. Debian's libldap waits for
 * ever in the TLS handshake of a server that hangs; without TLS it minds its timeout.
 */
export function renderDirectoryTunnel({ url }: Pick<LdapEndpoint, "url">): string {
  const { hostname, port } = new URL(url);
  return `; Written by Pulumi; changes here are lost.
foreground = yes
syslog = no
debug = warning
pid =

[directory]
client = yes
accept = ${DIRECTORY_SOCKET}
connect = ${hostname}:${port}
; Looked up for each connection: the directory may come back under another address.
delay = yes
CAfile = ${RUN}/ca.crt
verifyChain = yes
checkHost = ${hostname}
sslVersionMin = TLSv1.2
TIMEOUTconnect = ${DIRECTORY_TIMEOUT_SEC}
TIMEOUTbusy = ${DIRECTORY_TIMEOUT_SEC}
TIMEOUTclose = 0
`;
}

export interface SrsArgs {
  /** Domain of the addresses that it makes. */
  readonly domain: string;
  /** Domains whose senders stay as they are. */
  readonly ownDomains: readonly string[];
}

/** `srs.args`: arguments of postsrsd, one a line. */
export function renderSrsArguments({ domain, ownDomains }: SrsArgs): string {
  const others = ownDomains.filter((own) => own !== domain);
  return [
    `-d${domain}`,
    ...others.map((own) => `-X${own}`),
    `-f${SRS_FORWARD_PORT}`,
    `-r${SRS_REVERSE_PORT}`,
    "",
  ].join("\n");
}

export interface DkimArgs {
  /** Domains of senders whose mail is signed. */
  readonly domains: readonly string[];
  /** Where below `_domainkey` the key stands in DNS. */
  readonly selector: string;
}

/** `opendkim.conf`: signs what it is shown, which is mail of the submission port and bounces, and verifies nothing. */
export function renderOpendkimConf({ domains, selector }: DkimArgs): string {
  return `${WRITTEN}Mode s
Socket inet:${DKIM_PORT}@127.0.0.1
Domain ${domains.join(",")}
Selector ${selector}
KeyFile /var/lib/dkim/private.pem
Canonicalization relaxed/relaxed
SignatureAlgorithm rsa-sha256
# A second From would otherwise pass under the signature of the first.
OversignHeaders From
InternalHosts 127.0.0.1
`;
}

/**
 * `smarthost.login`: what Postfix logs in to the smarthost with.
 *
 * @throws when a value would end its field or line; the message holds neither
 */
export function renderSmarthostLogin(smarthost: Smarthost, username: string, password: string): string {
  if (/[\s:]/.test(username))
    throw new Error("the smarthost's username has a space or colon; ask for another");
  if (/[\r\n]|^\s|\s$/.test(password))
    throw new Error("the smarthost's password begins or ends with a space, or has a line end; set it anew");
  return `${nexthop(smarthost)} ${username}:${password}\n`;
}

/** In brackets: the host itself, not its MX. */
function nexthop({ host, port }: Smarthost): string {
  return `[${host}]:${port}`;
}
