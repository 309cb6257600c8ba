/** Names of the service accounts under `ou=system`; each has a file `password.<name>`. */
export const SERVICE_ACCOUNTS = ["keycloak", "postfix"] as const;

export type ServiceAccount = (typeof SERVICE_ACCOUNTS)[number];

/** Account whose password opens everything; it is no entry, but slapd's root. */
export const ADMIN_ACCOUNT = "admin";

/** Distinguished name of the directory's root. */
export function adminDn(suffix: string): string {
  return `cn=${ADMIN_ACCOUNT},${suffix}`;
}

/** Distinguished name of a service account. */
export function serviceAccountDn(account: ServiceAccount, suffix: string): string {
  return `cn=${account},ou=system,${suffix}`;
}

/** File in `/etc/sso` that holds the plain password of an account. */
export function passwordFile(account: ServiceAccount | typeof ADMIN_ACCOUNT): string {
  return `password.${account}`;
}

export interface SlapdConfigArgs {
  /** Directory suffix, such as `dc=example,dc=org`. */
  readonly suffix: string;
  /** Numeric user of the server, who is the directory's root over the local socket. */
  readonly uid: number;
}

export interface PasswordPolicy {
  /** Least number of characters. @default 12 */
  readonly minLength?: number;
  /** How many former passwords may not come back. @default 5 */
  readonly history?: number;
  /** Wrong passwords after which the account is locked for a while. @default 20 */
  readonly maxFailures?: number;
  /** Seconds that a lock lasts and that wrong passwords are remembered. @default 900 */
  readonly lockoutSec?: number;
}

/**
 * Cost of a password hash, after OWASP's Password Storage Cheat Sheet. Of its equivalent choices the one with
 * least memory, so that eight logins at once fit in a small limit; slapd 2.5 makes argon2i, which wants three
 * passes or more (RFC 9106, section 4).
 */
const ARGON2 = "m=7168 t=5 p=1";

/** Twice the cores of a small host: more threads would only hold more hashing memory at once. */
const THREADS = 8;

/** Room for the database file to grow into; it takes only what it uses. 50,000 accounts need about 200 MiB. */
const MAX_DATABASE_BYTES = 4 * 1024 ** 3;

/** What Keycloak's group mapper puts into a group without members, which `groupOfNames` does not allow. */
const NO_MEMBER = "cn=empty-membership-placeholder";

/** `slapd` overlays and backends, with their arguments. */
const MODULES = ["back_mdb", `argon2 ${ARGON2}`, "memberof", "refint", "unique", "ppolicy"];

/** Schemas under `/etc/ldap/schema`, in the order of their dependencies; `sso` is this project's own. */
const SCHEMAS = ["core", "cosine", "inetorgperson", "sso"];

/** Kinds of index by the attributes that Keycloak, Postfix, the overlays and operators search by. */
const INDEXES: Readonly<Record<string, readonly string[]>> = {
  eq: [
    "objectClass",
    "entryUUID",
    "entryCSN",
    "createTimestamp",
    "modifyTimestamp",
    "member",
    "memberOf",
    "ssoExternalIdentity",
    "ssoLastLogin",
  ],
  "eq,sub": ["uid", "mail", "cn", "sn", "givenName", "ssoMailAlias"],
  "pres,eq": ["ssoSpamLabel"],
};

/** Attributes that no two accounts may share a value of. */
const UNIQUE = ["uid", "mail", "ssoMailAlias"];

/** What people may change about themselves. */
const SELF_WRITABLE = "cn,sn,givenName,displayName,preferredLanguage";

/** All that Postfix may know: where mail goes, and whether the account is labelled or locked for good. */
const MAIL_ATTRIBUTES = "mail,ssoMailAlias,ssoSpamLabel,pwdAccountLockedTime";

/**
 * Access rules, the first match wins; what none of them grants is refused. Nobody reads a hash, not even
 * Keycloak, which binds as the person to check a password. Rules for attributes do not stop slapd's root.
 */
function accessRules(suffix: string): readonly string[] {
  const users = `dn.subtree="ou=users,${suffix}"`;
  const keycloak = `dn.exact="${serviceAccountDn("keycloak", suffix)}"`;
  const postfix = `dn.exact="${serviceAccountDn("postfix", suffix)}"`;
  return [
    `to ${users} attrs=userPassword by ${keycloak} =w by self =wx by anonymous auth by * none`,
    "to attrs=userPassword by anonymous auth by * none",
    "to attrs=pwdHistory by * none",
    `to ${users} attrs=memberOf,pwdPolicySubentry by ${keycloak} read by self read by * none`,
    `to ${users} attrs=${SELF_WRITABLE} by ${keycloak} write by self write by * none`,
    `to ${users} attrs=entry,${MAIL_ATTRIBUTES} by ${keycloak} write by ${postfix} read by self read by * none`,
    `to ${users} by ${keycloak} write by self read by * none`,
    `to dn.subtree="ou=groups,${suffix}" by ${keycloak} write by * none`,
    "to * by * none",
  ];
}

/** `slapd.ldif`: the whole of cn=config, read anew at every start. */
export function renderSlapdConfig(args: SlapdConfigArgs): string {
  return [globalConfig(args), moduleConfig(), schemaConfig(), frontendConfig(), databaseConfig(args)]
    .concat(overlayConfigs(args.suffix))
    .join("\n");
}

function globalConfig({ suffix, uid }: SlapdConfigArgs): string {
  return `# Written by Pulumi; changes here are lost.
dn: cn=config
objectClass: olcGlobal
cn: config
olcArgsFile: /run/slapd/slapd.args
olcPidFile: /run/slapd/slapd.pid
olcLogLevel: none
olcThreads: ${THREADS}
olcDisallows: bind_anon
olcRequires: authc
# The socket counts as encrypted, for it never leaves the container; every other connection must be.
olcLocalSSF: 256
olcSecurity: ssf=128
olcTLSCertificateFile: /etc/sso-tls/tls.crt
olcTLSCertificateKeyFile: /etc/sso-tls/tls.key
olcTLSCACertificateFile: /etc/sso-tls/ca.crt
olcTLSVerifyClient: never
# Debian's slapd speaks TLS by GnuTLS, which takes a priority string and ignores olcTLSProtocolMin.
olcTLSCipherSuite: SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2
olcAuthzRegexp: "^gidNumber=${uid}\\+uidNumber=${uid},cn=peercred,cn=external,cn=auth$" "${adminDn(suffix)}"
`;
}

function moduleConfig(): string {
  const modules = MODULES.map((module) => `olcModuleLoad: ${module}\n`).join("");
  return `dn: cn=module,cn=config
objectClass: olcModuleList
cn: module
olcModulePath: /usr/lib/ldap
${modules}`;
}

function schemaConfig(): string {
  const includes = SCHEMAS.map((schema) => `include: file:///etc/ldap/schema/${schema}.ldif\n\n`).join("");
  return `dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

${includes}`.trimEnd();
}

function frontendConfig(): string {
  return `
dn: olcDatabase=frontend,cn=config
objectClass: olcDatabaseConfig
objectClass: olcFrontendConfig
olcDatabase: frontend
olcPasswordHash: {ARGON2}
olcSizeLimit: 500

dn: olcDatabase=config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: config
olcAccess: to * by * none
`;
}

function databaseConfig({ suffix }: SlapdConfigArgs): string {
  const indexes = Object.entries(INDEXES)
    .map(([kinds, attributes]) => `olcDbIndex: ${attributes.join(",")} ${kinds}\n`)
    .join("");
  const access = accessRules(suffix)
    .map((rule) => `olcAccess: ${rule}\n`)
    .join("");
  return `dn: olcDatabase=mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: mdb
olcSuffix: ${suffix}
olcRootDN: ${adminDn(suffix)}
olcRootPW:< file:///run/slapd/${ADMIN_ACCOUNT}.hash
olcDbDirectory: /var/lib/ldap/db
olcDbMaxSize: ${MAX_DATABASE_BYTES}
olcLimits: dn.exact="${serviceAccountDn("keycloak", suffix)}" size=unlimited time=unlimited
${indexes}${access}`;
}

/** The overlays, in the order in which an operation passes them. */
function overlayConfigs(suffix: string): string[] {
  const overlays = [
    {
      name: "ppolicy",
      objectClass: "olcPPolicyConfig",
      settings: [
        `olcPPolicyDefault: cn=default,ou=policy,${suffix}`,
        "olcPPolicyHashCleartext: TRUE",
        "olcPPolicyUseLockout: FALSE",
      ],
    },
    {
      name: "unique",
      objectClass: "olcUniqueConfig",
      settings: UNIQUE.map((attribute) => `olcUniqueURI: ldap:///ou=users,${suffix}?${attribute}?sub`),
    },
    {
      name: "memberof",
      objectClass: "olcMemberOfConfig",
      settings: [
        "olcMemberOfGroupOC: groupOfNames",
        "olcMemberOfMemberAD: member",
        "olcMemberOfMemberOfAD: memberOf",
      ],
    },
    {
      name: "refint",
      objectClass: "olcRefintConfig",
      settings: ["olcRefintAttribute: member", `olcRefintNothing: ${NO_MEMBER}`],
    },
  ];
  return overlays.map(({ name, objectClass, settings }) =>
    [
      `dn: olcOverlay=${name},olcDatabase={1}mdb,cn=config`,
      "objectClass: olcOverlayConfig",
      `objectClass: ${objectClass}`,
      `olcOverlay: ${name}`,
      ...settings,
      "",
    ].join("\n"),
  );
}

/** `tree.ldif`: what an empty directory starts with. */
export function renderTree(suffix: string): string {
  const [, domainComponent] = /^dc=([^,]+)/.exec(suffix) ?? [];
  if (domainComponent === undefined) {
    throw new Error(`suffix must be domain components, such as dc=example,dc=org, got ${suffix}`);
  }
  const units = ["users", "groups", "system", "policy"].map(
    (unit) => `dn: ou=${unit},${suffix}\nobjectClass: organizationalUnit\nou: ${unit}\n`,
  );
  const accounts = SERVICE_ACCOUNTS.map(
    (account) =>
      `dn: ${serviceAccountDn(account, suffix)}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: ${account}
userPassword:< file:///run/slapd/${account}.hash
`,
  );
  const policy = `dn: cn=default,ou=policy,${suffix}
objectClass: organizationalRole
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
`;
  const root = `dn: ${suffix}
objectClass: organization
objectClass: dcObject
o: ${domainComponent}
dc: ${domainComponent}
`;
  return [`# Written by Pulumi; changes here are lost.\n${root}`, ...units, ...accounts, policy].join("\n");
}

/** `refresh.ldif`: what follows the settings at every start, in a directory that has entries of its own by now. */
export function renderRefresh(suffix: string, policy: PasswordPolicy = {}): string {
  const lockoutSec = policy.lockoutSec ?? 900;
  const values: Readonly<Record<string, string | number>> = {
    // 1: a password that comes as a hash, as from another directory, cannot be checked and is let through.
    pwdCheckQuality: 1,
    pwdMinLength: policy.minLength ?? 12,
    pwdInHistory: policy.history ?? 5,
    pwdLockout: "TRUE",
    pwdMaxFailure: policy.maxFailures ?? 20,
    pwdLockoutDuration: lockoutSec,
    pwdFailureCountInterval: lockoutSec,
    // Keycloak sets passwords for people; that is no reason to make them choose another.
    pwdMustChange: "FALSE",
    pwdAllowUserChange: "TRUE",
    pwdSafeModify: "FALSE",
  };
  const accounts = SERVICE_ACCOUNTS.map((account) => {
    const dn = serviceAccountDn(account, suffix);
    return modification(dn, [
      `replace: userPassword\nuserPassword:< file:///run/slapd/${account}.hash`,
      // Its own policy, which locks nobody out: another server that guesses would keep everybody from logging in.
      "replace: objectClass\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nobjectClass: pwdPolicy",
      "replace: pwdAttribute\npwdAttribute: userPassword",
      `replace: pwdPolicySubentry\npwdPolicySubentry: ${dn}`,
    ]);
  });
  const defaultPolicy = modification(
    `cn=default,ou=policy,${suffix}`,
    Object.entries(values).map(([attribute, value]) => `replace: ${attribute}\n${attribute}: ${value}`),
  );
  return ["# Written by Pulumi; changes here are lost.", ...accounts, defaultPolicy].join("\n");
}

function modification(dn: string, changes: readonly string[]): string {
  return `dn: ${dn}\nchangetype: modify\n${changes.join("\n-\n")}\n-\n`;
}
