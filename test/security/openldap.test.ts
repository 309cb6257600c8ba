import { spawnSync } from "node:child_process";
import { Naming } from "../../components/host/naming.ts";
import { sharedStack } from "../stack/shared.ts";
import { SUFFIX } from "../stack/throwaway.ts";

const stack = sharedStack();
const container = new Naming(stack.name).of("openldap");
const ENTRY = `uid=target,ou=users,${SUFFIX}`;
const PASSWORD = "a target's own password 1";

/** How each principal binds; the directory's root comes over the local socket. */
const PRINCIPALS = {
  root: [],
  self: ["-x", "-D", ENTRY, "-w", PASSWORD],
  other: ["-x", "-D", `uid=ada,ou=users,${SUFFIX}`, "-w", "analytical engine 1843"],
  keycloak: ["-x", "-D", `cn=keycloak,ou=system,${SUFFIX}`, "-y", "/etc/sso/password.keycloak"],
  postfix: ["-x", "-D", `cn=postfix,ou=system,${SUFFIX}`, "-y", "/etc/sso/password.postfix"],
  anonymous: ["-x"],
} as const;

type Principal = keyof typeof PRINCIPALS;

/** Runs an LDAP tool inside the container: its exit status is the LDAP result code. */
function ldap(
  tool: string,
  principal: Principal,
  args: readonly string[],
  input = "",
): { code: number; out: string } {
  const tls = principal === "root" ? [] : ["-H", "ldaps://localhost:1636"];
  const { status, stdout } = spawnSync(
    "docker",
    [
      "exec",
      "-i",
      "-e",
      "LDAPTLS_CACERT=/etc/sso-tls/ca.crt",
      container,
      tool,
      ...tls,
      ...PRINCIPALS[principal],
      ...args,
    ],
    { input, encoding: "utf8" },
  );
  return { code: status ?? -1, out: stdout };
}

const LDAP_OK = 0;
const LDAP_INVALID_CREDENTIALS = 49;

function reads(principal: Principal, attribute: string): boolean {
  const { code, out } = ldap("ldapsearch", principal, [
    "-LLL",
    "-b",
    ENTRY,
    "-s",
    "base",
    "(mail=*)",
    attribute,
  ]);
  return code === LDAP_OK && new RegExp(`^${attribute}:`, "m").test(out);
}

function writes(principal: Principal, attribute: string, value: string): boolean {
  const change = `dn: ${ENTRY}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: ${value}\n`;
  return ldap("ldapmodify", principal, [], change).code === LDAP_OK;
}

beforeAll(() => {
  const entry = `dn: ${ENTRY}
objectClass: inetOrgPerson
objectClass: ssoAccount
uid: target
cn: Target
sn: Target
mail: target@people.test
ssoMailAlias: target@alias.test
ssoSpamLabel: none
ssoLastLogin: 20260101000000Z
userPassword: ${PASSWORD}
`;
  expect(ldap("ldapadd", "root", ["-Q"], entry).code).toBe(LDAP_OK);
});

afterAll(() => {
  ldap("ldapdelete", "root", ["-Q", ENTRY]);
});

test("positive control: the root reads everything, hash included", () => {
  expect(reads("root", "userPassword")).toBe(true);
});

test.each<[Principal, string, boolean]>([
  ["anonymous", "mail", false],
  ["self", "mail", true],
  ["self", "ssoLastLogin", true],
  ["self", "userPassword", false],
  ["other", "mail", false],
  ["other", "cn", false],
  ["keycloak", "mail", true],
  ["keycloak", "ssoSpamLabel", true],
  ["keycloak", "userPassword", false],
  ["postfix", "mail", true],
  ["postfix", "ssoSpamLabel", true],
  ["postfix", "cn", false],
  ["postfix", "userPassword", false],
])("%s reading %s: %s", (principal, attribute, allowed) => {
  expect(reads(principal, attribute)).toBe(allowed);
});

const VALUES: Readonly<Record<string, string>> = {
  cn: "Changed",
  mail: "changed@people.test",
  ssoMailAlias: "changed@alias.test",
  ssoSpamLabel: "changed",
  ssoLastLogin: "20260202000000Z",
};

test.each<[Principal, string, boolean]>([
  ["anonymous", "mail", false],
  ["self", "mail", false],
  ["self", "ssoMailAlias", false],
  ["self", "ssoSpamLabel", false],
  ["self", "ssoLastLogin", false],
  ["self", "cn", true],
  ["other", "cn", false],
  ["other", "mail", false],
  ["postfix", "mail", false],
  ["postfix", "ssoSpamLabel", false],
  ["keycloak", "mail", true],
  ["keycloak", "ssoMailAlias", true],
  ["keycloak", "ssoSpamLabel", true],
  ["keycloak", "ssoLastLogin", true],
])("%s changing %s: %s", (principal, attribute, allowed) => {
  expect(writes(principal, attribute, VALUES[attribute] ?? "")).toBe(allowed);
});

test("a person cannot rename the own entry", () => {
  const rename = `dn: ${ENTRY}\nchangetype: modrdn\nnewrdn: uid=other\ndeleteoldrdn: 1\n`;
  expect(ldap("ldapmodify", "self", [], rename).code).not.toBe(LDAP_OK);
});

/** Of one password and salt, by the reference implementation's command. */
const HASHED = "a hash from elsewhere 1";
const SALT = "c2FsdHNhbHRzYWx0c2FsdA";
const HASHES = [
  `$argon2i$v=19$m=7168,t=5,p=1$${SALT}$aNuz7DkwCf8Fr46M+ndjilpWqt5qGIlg7fSZKZ3cjdE`,
  `$argon2i$v=19$m=4096,t=3,p=2$${SALT}$VGFqizDsjmM0iOUYO7XALN1X8OLR8YjANZWCnlcsIxM`,
  `$argon2id$v=19$m=19456,t=2,p=1$${SALT}$Vulkg8X9qEK1G7dkVYU/9KmeYvcxrPZK/MSvFYDk5aA`,
  `$argon2id$v=19$m=65536,t=3,p=4$${SALT}$/1t+Djf3KKrwjYNIdJwEN8JY168Gigfvnxv/O3RXZPc`,
  `$argon2d$v=19$m=4096,t=3,p=1$${SALT}$T84qu8G85q6Imbln7a1S4aHg6DBKRktTp0womzCTtVQ`,
] as const;

test.each(HASHES)("%s lets its password in and no other", (hash) => {
  expect(writes("root", "userPassword", `{ARGON2}${hash}`)).toBe(true);
  const bind = (password: string): number =>
    ldap("ldapwhoami", "anonymous", ["-D", ENTRY, "-w", password]).code;
  expect(bind(HASHED)).toBe(LDAP_OK);
  for (const wrong of [HASHED.slice(0, -1), `${HASHED} `, "x", PASSWORD]) {
    expect(bind(wrong)).toBe(LDAP_INVALID_CREDENTIALS);
  }
});

test("wrong passwords lock a person out for a while, and no service, which would keep everybody from logging in", () => {
  const GUESSES = 20;
  expect(writes("root", "userPassword", PASSWORD)).toBe(true);
  expect(ldap("ldapwhoami", "self", []).code).toBe(LDAP_OK);
  const dnOf = (principal: "self" | "postfix"): string => PRINCIPALS[principal][2];
  for (const principal of ["self", "postfix"] as const) {
    for (let tries = 0; tries < GUESSES; tries++)
      expect(ldap("ldapwhoami", "anonymous", ["-D", dnOf(principal), "-w", "a guess"]).code).toBe(
        LDAP_INVALID_CREDENTIALS,
      );
  }
  expect(ldap("ldapwhoami", "self", []).code).toBe(LDAP_INVALID_CREDENTIALS); // positive control
  expect(ldap("ldapwhoami", "postfix", []).code).toBe(LDAP_OK);
});

test("slapd speaks no plain LDAP", () => {
  const { status } = spawnSync("docker", [
    "exec",
    container,
    "ldapwhoami",
    "-x",
    "-H",
    "ldap://localhost:389",
  ]);
  expect(status).not.toBe(0);
});
