import * as crypto from "node:crypto";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { Naming } from "../../components/host/naming.ts";
import type { Engine } from "../engine.ts";
import { engineAt } from "../engine.ts";
import { OperatorError } from "../fail.ts";
import { readStackSettings } from "../stack-settings.ts";
import { openStack } from "../workspace.ts";
import { scrubbed } from "./scrub.ts";

/** Asks the directory as its root, beside it. */
const SEARCH = ["ldapsearch", "-Q", "-LLL", "-o", "ldif-wrap=no"];

/** What of the entries is read; neither names nor passwords. */
const READ = ["objectClass", "member", "cn", "ssoLastLogin", "ssoSpamLabel"];

/** Who can log in after a copy. */
export interface Copied {
  readonly people: number;
  /** Everybody's. */
  readonly password: string;
}

/**
 * Fills a stack's directory with people and groups of another stack's, in other names and with one password for all.
 *
 * @throws {OperatorError} when either has no directory, or the other one is not up
 */
export async function copyPeople(from: string, to: automation.Stack): Promise<Copied> {
  const source = await directoryOf(await openStack(from));
  const target = await directoryOf(to);
  const entries = await source.engine.docker(
    ...["exec", source.container, ...SEARCH],
    "(|(objectClass=inetOrgPerson)(objectClass=groupOfNames))",
    ...READ,
  );
  const password = crypto.randomBytes(12).toString("base64url");
  const add = (ldif: string): Promise<string> =>
    target.engine.feed(ldif, "exec", "--interactive", target.container, "ldapadd", "-Q");
  const [first] = scrubbed(entries, target.suffix, `userPassword: ${password}`).people;
  if (first === undefined) throw new OperatorError(`the directory of stack ${from} has nobody to copy`);
  await add(first);
  // Hashing it for each would take longer than all the rest.
  const found = await target.engine.docker(
    ...["exec", target.container, ...SEARCH, "(uid=person1)", "userPassword"],
  );
  const [hash = ""] = /^userPassword::? .+$/m.exec(found) ?? [];
  const { people, groups } = scrubbed(entries, target.suffix, hash);
  await add([...people.slice(1), ...groups].join("\n"));
  return { people: people.length, password };
}

async function directoryOf(
  stack: automation.Stack,
): Promise<{ engine: Engine; container: string; suffix: string }> {
  const { host, openldap } = await readStackSettings(stack);
  if (openldap === undefined) throw new OperatorError(`stack ${stack.name} has no directory`);
  return {
    engine: engineAt(host.docker),
    container: new Naming(stack.name).of("openldap"),
    suffix: openldap.suffix,
  };
}
