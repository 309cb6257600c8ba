import { execFileSync } from "node:child_process";
import { Naming } from "../../components/host/naming.ts";
import type { SharedStack } from "./shared.ts";

/** Values of an account's attribute, as the directory's root sees them. */
export function valuesOf(stack: SharedStack, username: string, attribute: string): string[] {
  const container = new Naming(stack.name).of("openldap");
  const search = ["ldapsearch", "-Q", "-LLL", "-o", "ldif-wrap=no", `(uid=${username})`, attribute];
  const ldif = execFileSync("docker", ["exec", container, ...search], { encoding: "utf8" });
  return [...ldif.matchAll(new RegExp(`^${attribute}:(:?) (.*)$`, "gm"))].map(([, encoded, value = ""]) =>
    encoded === ":" ? Buffer.from(value, "base64").toString() : value,
  );
}

/** Adds an account to the directory beside Keycloak, as one that came with it. */
export function addEntry(
  stack: SharedStack,
  username: string,
  attributes: Readonly<Record<string, string>>,
): void {
  const suffix = "dc=community,dc=test";
  const entry = {
    dn: `uid=${username},ou=users,${suffix}`,
    objectClass: "inetOrgPerson\nobjectClass: ssoAccount",
    uid: username,
    cn: username,
    sn: username,
    ...attributes,
  };
  const ldif = Object.entries(entry).map(([name, value]) => `${name}: ${value}\n`);
  execFileSync("docker", ["exec", "-i", new Naming(stack.name).of("openldap"), "ldapadd", "-Q"], {
    input: ldif.join(""),
  });
}
