import { spawnSync } from "node:child_process";
import { Naming } from "../../components/host/naming.ts";
import { docker } from "../stack/containers.ts";
import { PASSWORD } from "../stack/people.ts";

/** Name of the account of a number. */
export const usernameOf = (index: number): string => `p${String(index).padStart(6, "0")}`;

export interface Directory {
  readonly stackName: string;
  readonly suffix: string;
  /** Domain of the aliases that the accounts have already. */
  readonly aliasDomain: string;
}

/** Adds accounts, all with the password of tests, to a stack's directory beside Keycloak, as it holds them when Keycloak has lost its own. */
export function fillDirectory({ stackName, suffix, aliasDomain }: Directory, count: number): void {
  const container = new Naming(stackName).of("openldap");
  const [argon2 = ""] = /argon2 .*/.exec(docker("exec", container, "cat", "/etc/sso/slapd.ldif")) ?? [];
  const hash = docker(
    ...["exec", container, "slappasswd", "-o", `module-load=${argon2}`],
    ...["-h", "{ARGON2}", "-s", PASSWORD, "-n"],
  );
  const entries = Array.from({ length: count }, (_, index) =>
    [
      `dn: uid=${usernameOf(index)},ou=users,${suffix}`,
      "objectClass: inetOrgPerson",
      "objectClass: ssoAccount",
      `uid: ${usernameOf(index)}`,
      `cn: Person ${index}`,
      "givenName: Person",
      `sn: ${index}`,
      `mail: ${usernameOf(index)}@people.test`,
      `ssoMailAlias: ${usernameOf(index)}@${aliasDomain}`,
      `userPassword: ${hash}`,
    ].join("\n"),
  );
  const added = spawnSync("docker", ["exec", "-i", container, "ldapadd", "-Q"], {
    input: `${entries.join("\n\n")}\n`,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (added.status !== 0) throw new Error(`${container}: ${added.stderr}`);
}
