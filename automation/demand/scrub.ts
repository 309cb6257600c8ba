/** An entry of a directory: values by attribute. */
type Entry = ReadonlyMap<string, readonly string[]>;

/** A directory's people and groups without anything that says who they are. */
export interface Scrubbed {
  /** LDIF of each person, who has the password's hash. */
  readonly people: readonly string[];
  /** LDIF of each group that still has a member. */
  readonly groups: readonly string[];
}

/**
 * People and groups of a directory as others in the place of each: `person1` and so on. What stays is what is no one's
 * own: which groups there are and who is in them together, when somebody last logged in, and whether an account is
 * labelled.
 *
 * @param ldif the entries (RFC 2849) without folded lines
 * @param suffix suffix of the directory that they go to
 * @param password what stands for everybody's password: a line of LDIF
 */
export function scrubbed(ldif: string, suffix: string, password: string): Scrubbed {
  const entries = ldif.split(/\n{2,}/).map(entryIn);
  const of = (kind: string): Entry[] =>
    entries.filter((entry) => entry.get("objectclass")?.some((each) => each.toLowerCase() === kind) === true);
  const people = of("inetorgperson");
  const dns = new Map(
    people.map((person, index) => [
      normal(person.get("dn")?.[0]),
      `uid=person${index + 1},ou=users,${suffix}`,
    ]),
  );
  return {
    people: people.map((person, index) => personLdif(person, index + 1, suffix, password)),
    groups: of("groupofnames").flatMap((group) => {
      const members = (group.get("member") ?? []).flatMap((dn) => dns.get(normal(dn)) ?? []);
      const [name = ""] = group.get("cn") ?? [];
      if (members.length === 0 || !/^[\w .-]+$/.test(name)) return [];
      return [
        lines([
          `dn: cn=${name},ou=groups,${suffix}`,
          "objectClass: groupOfNames",
          `cn: ${name}`,
          ...members.map((dn) => `member: ${dn}`),
        ]),
      ];
    }),
  };
}

function personLdif(person: Entry, number: number, suffix: string, password: string): string {
  const kept = (person.get("ssolastlogin") ?? []).filter((value) => /^\d{14}(\.\d+)?Z$/.test(value));
  return lines([
    `dn: uid=person${number},ou=users,${suffix}`,
    "objectClass: inetOrgPerson",
    "objectClass: ssoAccount",
    `uid: person${number}`,
    `cn: Person ${number}`,
    "givenName: Person",
    `sn: ${number}`,
    `mail: person${number}@people.test`,
    ...kept.map((value) => `ssoLastLogin: ${value}`),
    ...(person.has("ssospamlabel") ? ["ssoSpamLabel: spam"] : []),
    password,
  ]);
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}

function normal(dn: string | undefined): string {
  return (dn ?? "").toLowerCase().replaceAll(/\s*,\s*/g, ",");
}

function entryIn(text: string): Entry {
  const entry = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, name, encoded, value = ""] = /^([^:#]+):(:?) ?(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const key = name.toLowerCase();
    const plain = encoded === ":" ? Buffer.from(value, "base64").toString() : value;
    entry.set(key, [...(entry.get(key) ?? []), plain]);
  }
  return entry;
}
