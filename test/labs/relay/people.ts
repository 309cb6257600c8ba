/** Who the relay's tests write to. */
export const SUFFIX = "dc=community,dc=test";

/** Attributes of each person beside the name. */
const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  ada: ["ssoMailAlias: ada@alias.test", "mail: ada@people.test"],
  grace: ["ssoMailAlias: Grace.Hopper@alias.test", "mail: grace+work@people.test"],
  labelled: [
    "ssoMailAlias: labelled@alias.test",
    "mail: labelled@people.test",
    "ssoSpamLabel: sells watches",
  ],
  disabled: [
    "ssoMailAlias: disabled@alias.test",
    "mail: disabled@people.test",
    "pwdAccountLockedTime: 000001010000Z",
  ],
  locked: [
    "ssoMailAlias: locked@alias.test",
    "mail: locked@people.test",
    "pwdAccountLockedTime: 20260101000000Z",
  ],
  mailless: ["ssoMailAlias: mailless@alias.test"],
  aliasless: ["mail: aliasless@people.test"],
  refused: ["ssoMailAlias: refused@alias.test", "mail: refused@refused.test"],
  looped: ["ssoMailAlias: looped@alias.test", "mail: looped2@alias.test"],
  looped2: ["ssoMailAlias: looped2@alias.test", "mail: looped@alias.test"],
};

/** LDIF of all of them. */
export const SEED = Object.entries(PEOPLE)
  .map(
    ([name, attributes]) => `dn: uid=${name},ou=users,${SUFFIX}
objectClass: inetOrgPerson
objectClass: ssoAccount
uid: ${name}
cn: ${name}
sn: ${name}
${attributes.join("\n")}
`,
  )
  .join("\n");
