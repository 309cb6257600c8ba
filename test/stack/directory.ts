import { execFileSync } from "node:child_process";
import { Naming } from "../../components/host/naming.ts";
import { eventually } from "../eventually.ts";
import { docker } from "./containers.ts";
import type { SharedStack } from "./shared.ts";
import { SUFFIX } from "./throwaway.ts";

const NOTED_TIMEOUT_MS = 5000;

/** Values of an account's attribute, as the directory's root sees them. */
export function valuesOf(stack: SharedStack, username: string, attribute: string): string[] {
  const container = new Naming(stack.name).of("openldap");
  const search = ["ldapsearch", "-Q", "-LLL", "-o", "ldif-wrap=no", `(uid=${username})`, attribute];
  const ldif = docker("exec", container, ...search);
  return [...ldif.matchAll(new RegExp(`^${attribute}:(:?) (.*)$`, "gm"))].map(([, encoded, value = ""]) =>
    encoded === ":" ? Buffer.from(value, "base64").toString() : value,
  );
}

/**
 * An account's last login in the directory, waited for: it is written once the login is over.
 *
 * @throws when none is written
 */
export async function lastLoginOf(stack: SharedStack, username: string): Promise<string> {
  const look = (): string | undefined => valuesOf(stack, username, "ssoLastLogin")[0];
  return eventually(`${username} has a last login`, look, { withinMs: NOTED_TIMEOUT_MS });
}

/** Adds an account to the directory beside Keycloak, as one that came with it. */
export function addEntry(
  stack: SharedStack,
  username: string,
  attributes: Readonly<Record<string, string>>,
): void {
  const entry = {
    dn: `uid=${username},ou=users,${SUFFIX}`,
    objectClass: "inetOrgPerson\nobjectClass: ssoAccount",
    uid: username,
    cn: username,
    sn: username,
    ...attributes,
  };
  const ldif = Object.entries(entry).map(([name, value]) => `${name}: ${value}\n`);
  change(stack, "ldapadd", ldif.join(""));
}

/** Gives an entry another value of an attribute, beside Keycloak. */
export function modifyEntry(stack: SharedStack, username: string, attribute: string, value: string): void {
  const ldif = [`dn: uid=${username},ou=users,${SUFFIX}`, `replace: ${attribute}`, `${attribute}: ${value}`];
  change(stack, "ldapmodify", `${ldif.join("\n")}\n`);
}

function change(stack: SharedStack, command: "ldapadd" | "ldapmodify", input: string): void {
  execFileSync("docker", ["exec", "-i", new Naming(stack.name).of("openldap"), command, "-Q"], { input });
}
