import {
  passwordFile,
  renderRefresh,
  renderSlapdConfig,
  renderTree,
  SERVICE_ACCOUNTS,
} from "../../components/openldap/render.ts";

const SUFFIX = "dc=example,dc=org";
const CONFIG = renderSlapdConfig({ suffix: SUFFIX, uid: 7020 });
const ACCESS_RULES = valuesOf(CONFIG.slice(CONFIG.indexOf("olcDatabase: mdb")), "olcAccess");

/** Values of an attribute anywhere in the LDIF. */
function valuesOf(ldif: string, attribute: string): string[] {
  return [...ldif.matchAll(new RegExp(`^${attribute}: (.*)$`, "gm"))].map(([, value]) => value ?? "");
}

/** Who a rule of the configuration may name, and an attribute of an account to try. */
type Who = "anonymous" | "self" | "keycloak" | "postfix" | "other";

/** What slapd grants on an attribute of an account: the first rule that names the attribute decides. */
function granted(who: Who, attribute: string): string {
  const rule = ACCESS_RULES.find((access) => {
    const subtree = /dn\.subtree="([^"]*)"/.exec(access)?.[1] ?? SUFFIX;
    const attributes = /attrs=(\S+)/.exec(access)?.[1]?.split(",") ?? [attribute];
    return `ou=users,${SUFFIX}`.endsWith(subtree) && attributes.includes(attribute);
  });
  const clauses = [...(rule ?? "").matchAll(/by (dn\.exact="[^"]*"|\S+) (\S+)/g)];
  const names: Readonly<Record<Who, string[]>> = {
    anonymous: ["anonymous", "*"],
    self: ["self", "*"],
    keycloak: [`dn.exact="cn=keycloak,ou=system,${SUFFIX}"`, "*"],
    postfix: [`dn.exact="cn=postfix,ou=system,${SUFFIX}"`, "*"],
    other: ["*"],
  };
  return clauses.find(([, subject]) => names[who].includes(subject ?? ""))?.[2] ?? "none";
}

describe("slapd.ldif", () => {
  test("for a deployment", () => {
    expect(CONFIG).toMatchSnapshot();
  });

  test.each<[string, Record<Who, string>]>([
    ["userPassword", { anonymous: "auth", self: "=wx", keycloak: "=w", postfix: "none", other: "none" }],
    ["pwdHistory", { anonymous: "none", self: "none", keycloak: "none", postfix: "none", other: "none" }],
    ["uid", { anonymous: "none", self: "read", keycloak: "write", postfix: "none", other: "none" }],
    ["mail", { anonymous: "none", self: "read", keycloak: "write", postfix: "read", other: "none" }],
    ["ssoMailAlias", { anonymous: "none", self: "read", keycloak: "write", postfix: "read", other: "none" }],
    ["ssoSpamLabel", { anonymous: "none", self: "read", keycloak: "write", postfix: "read", other: "none" }],
    ["ssoLastLogin", { anonymous: "none", self: "read", keycloak: "write", postfix: "none", other: "none" }],
    ["memberOf", { anonymous: "none", self: "read", keycloak: "read", postfix: "none", other: "none" }],
    ["displayName", { anonymous: "none", self: "write", keycloak: "write", postfix: "none", other: "none" }],
  ])("access to %s of an account", (attribute, expected) => {
    const whos: Who[] = ["anonymous", "self", "keycloak", "postfix", "other"];
    expect(Object.fromEntries(whos.map((who) => [who, granted(who, attribute)]))).toEqual(expected);
  });

  test("nobody but its root sees the configuration", () => {
    expect(CONFIG).toContain("olcDatabase: config\nolcAccess: to * by * none\n");
  });

  test("anonymous binds and unencrypted connections are refused", () => {
    expect(valuesOf(CONFIG, "olcDisallows")).toEqual(["bind_anon"]);
    expect(valuesOf(CONFIG, "olcRequires")).toEqual(["authc"]);
    expect(valuesOf(CONFIG, "olcSecurity")).toEqual(["ssf=128"]);
  });

  test("every overlay is loaded", () => {
    const modules = valuesOf(CONFIG, "olcModuleLoad");
    for (const overlay of valuesOf(CONFIG, "olcOverlay")) expect(modules).toContain(overlay);
  });

  test("uniqueness is checked by an index, not by reading every entry", () => {
    const indexed = valuesOf(CONFIG, "olcDbIndex")
      .filter((index) => /\beq\b/.test(index.split(" ")[1] ?? ""))
      .flatMap((index) => index.split(" ")[0]?.split(",") ?? []);
    const unique = valuesOf(CONFIG, "olcUniqueURI").map((uri) => uri.split("?")[1]);
    expect(unique).toEqual(["uid", "mail", "ssoMailAlias"]);
    expect(indexed).toEqual(expect.arrayContaining(unique));
  });
});

describe("tree.ldif", () => {
  test("for a deployment", () => {
    expect(renderTree(SUFFIX)).toMatchSnapshot();
  });

  test("a suffix of another form is refused", () => {
    expect(() => renderTree("o=example")).toThrow(
      "suffix must be domain components, such as dc=example,dc=org, got o=example",
    );
  });
});

describe("refresh.ldif", () => {
  test("for a deployment", () => {
    expect(renderRefresh(SUFFIX)).toMatchSnapshot();
  });

  test("a policy of its own", () => {
    const ldif = renderRefresh(SUFFIX, { minLength: 16, history: 0, maxFailures: 3, lockoutSec: 60 });
    const values = ["pwdMinLength", "pwdInHistory", "pwdMaxFailure", "pwdLockoutDuration"].map((attribute) =>
      valuesOf(ldif, attribute),
    );
    expect(values).toEqual([["16"], ["0"], ["3"], ["60"]]);
  });

  test.each(SERVICE_ACCOUNTS)(
    "the password of %s is the hash that the entrypoint makes of its file",
    (account) => {
      const hash = `userPassword:< file:///run/slapd/${passwordFile(account).replace("password.", "")}.hash`;
      expect(renderTree(SUFFIX)).toContain(hash);
      expect(renderRefresh(SUFFIX)).toContain(hash);
    },
  );
});
