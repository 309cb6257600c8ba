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
 * Reads people and groups of a stack's directory, as {@link copyPeople} takes them.
 *
 * @throws {OperatorError} when it has no directory, is not up, or has nobody
 */
export async function readPeople(from: string): Promise<string> {
  const { engine, container, suffix } = await directoryOf(await openStack(from));
  const search = ["(|(objectClass=inetOrgPerson)(objectClass=groupOfNames))", ...READ];
  const entries = await engine.docker("exec", container, ...SEARCH, ...search).catch((error: unknown) => {
    throw new OperatorError(
      `the directory of stack ${from} cannot be read; is it up? See: npm run status -- ${from} (${(error as Error).message})`,
    );
  });
  if (scrubbed(entries, suffix, "").people.length === 0)
    throw new OperatorError(`the directory of stack ${from} has nobody to copy`);
  return entries;
}

/**
 * Fills a stack's directory with people and groups of another one, in other names and with one password for all.
 *
 * @param entries what {@link readPeople} gives
 * @throws {OperatorError} when the stack has no directory
 */
export async function copyPeople(entries: string, to: automation.Stack): Promise<Copied> {
  const target = await directoryOf(to);
  const password = crypto.randomBytes(12).toString("base64url");
  const add = (ldif: string): Promise<string> =>
    target.engine.feed(ldif, "exec", "--interactive", target.container, "ldapadd", "-Q");
  const [first = ""] = scrubbed(entries, target.suffix, `userPassword: ${password}`).people;
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
