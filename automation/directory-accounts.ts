import { type Account, type AccountFilter, isoTime, present, withoutMilliseconds } from "./account.ts";

const ATTRIBUTES = ["uid", "mail", "createTimestamp", "ssoLastLogin", "ssoSpamLabel"];

/** The command that prints the accounts in question as LDIF, run beside the directory as its root. */
export function ldapSearch(filter: AccountFilter): string[] {
  const { neverLoggedIn = false, spam = false, withoutAlias = false, before } = filter;
  const conditions = [
    "(objectClass=inetOrgPerson)",
    ...(neverLoggedIn ? ["(!(ssoLastLogin=*))"] : []),
    ...(spam ? ["(ssoSpamLabel=*)"] : []),
    ...(withoutAlias ? ["(!(ssoMailAlias=*))"] : []),
    // LDAP knows no `<`: everything but what was made then or later.
    ...(before === undefined ? [] : [`(!(createTimestamp>=${generalizedTime(before)}))`]),
  ];
  return ["ldapsearch", "-Q", "-LLL", "-o", "ldif-wrap=no", `(&${conditions.join("")})`, ...ATTRIBUTES];
}

/** The accounts in LDIF (RFC 2849) without folded lines. */
export function accountsIn(ldif: string): Account[] {
  return ldif
    .split(/\n{2,}/)
    .map((entry) => new Map(entry.split("\n").map(attributeIn)))
    .filter((values) => values.has("uid"))
    .map((values) => ({
      username: values.get("uid") ?? "",
      ...present("email", values.get("mail")),
      ...present("created", isoTime(values.get("createTimestamp"))),
      ...present("lastLogin", isoTime(values.get("ssoLastLogin"))),
      ...present("spam", values.get("ssoSpamLabel")),
    }));
}

function attributeIn(line: string): [string, string] {
  const [, name = "", encoded, value = ""] = /^([^:]+):(:?) ?(.*)$/.exec(line) ?? [];
  return [name, encoded === ":" ? Buffer.from(value, "base64").toString() : value];
}

/** A time as LDAP writes it, such as `20261122045530Z` (RFC 4517, section 3.3.13). */
export function generalizedTime(time: Date): string {
  return withoutMilliseconds(time).replaceAll(/[-:T]/g, "");
}
