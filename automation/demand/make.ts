import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { stringify } from "yaml";
import { stackFileIn } from "../../components/settings/stack-file.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { placeholderSecrets } from "../../components/settings/secrets.ts";
import { asAdmin } from "../as-admin.ts";
import { bringUp } from "../bring-up.ts";
import { ENGINE } from "../../bootstrap/docker.ts";
import { type Engine, engineAt } from "../engine.ts";
import { InterruptedError, OperatorError } from "../fail.ts";
import { readOutputs, type StackView } from "../outputs.ts";
import { certificateFileOf, folderOf, PROJECT, stackFileOf } from "../project.ts";
import { missingSecretsOf, settingsWithoutSecrets } from "../stack-settings.ts";
import { directoryRealms, syncRealm } from "../sync-realm.ts";
import { withinReach } from "../tunnel.ts";
import { explained, openToBringUp } from "../workspace.ts";
import { claim, release, takeAddress } from "./addresses.ts";
import { type Copied, copyPeople, readPeople } from "./copy-people.ts";
import { findLeftovers, nameVolumeOf } from "./leftovers.ts";
import { filesOf } from "./maker.ts";
import { type Entry, enter, read, update, withLock } from "./registry.ts";
import { removeDemand } from "./remove.ts";
import { demandSettings } from "./settings.ts";
import { makeTree } from "./tree.ts";

/** What somebody asks for. */
export interface Order {
  /** Pulumi stack, such as `od-login`. */
  readonly stack: string;
  /** Stack whose file it goes by. */
  readonly from: string;
  readonly lifeMs: number;
  /** Branch, tag or commit whose program it runs. @default this clone's files as they are */
  readonly ref?: string;
  /** Stack whose directory's people it gets, in other names. @default nobody's */
  readonly dataFrom?: string;
  /** @default a free one of the network that the other stack's `sso:demand` says */
  readonly address?: string;
}

/** A stack that was made, and who can log in to it. */
export interface Made {
  readonly entry: Entry;
  readonly view: StackView;
  /** The account that was made in each directory realm that would otherwise have nobody. */
  readonly tester?: { readonly username: string; readonly password: string };
  readonly copied?: Copied;
}

/**
 * Makes a stack on demand; one that does not come up is removed again.
 *
 * @param say is told what happens
 * @throws {OperatorError} when its name or address is taken, there is nobody to copy, or it does not come up
 */
export async function makeDemand(order: Order, say: (line: string) => void): Promise<Made> {
  stackFileOf(order.from);
  const people = order.dataFrom === undefined ? undefined : await readPeople(order.dataFrom);
  return withLock(order.stack, async () => {
    const now = Date.now();
    const base = settingsWithoutSecrets(order.from);
    let entry: Entry = {
      stack: order.stack,
      id: crypto.randomUUID(),
      from: order.from,
      ...(order.ref === undefined ? {} : { ref: order.ref }),
      owner: os.userInfo().username,
      maker: os.hostname(),
      clone: PROJECT,
      created: new Date(now),
      expires: new Date(now + order.lifeMs),
      docker: base.demand.docker ?? ENGINE, // whoever removes it may have another DOCKER_HOST
      addresses: [],
      state: "making",
    };
    enter(entry);
    try {
      entry = await prepared(entry, order, base);
      const { view, copied, tester } = await withinReach(entry.stack, async () => {
        const { view, copied } = await broughtUp(entry, people);
        const isEmpty = copied === undefined && base.openldap?.seed === undefined;
        return { view, copied, tester: isEmpty ? await addTester(view) : undefined };
      });
      entry = { ...entry, state: "ready" };
      update(entry);
      return {
        ...{ entry, view },
        ...(tester === undefined ? {} : { tester }),
        ...(copied === undefined ? {} : { copied }),
      };
    } catch (error) {
      say(`stack ${entry.stack} did not come up; removing what there is of it …`);
      await removeDemand(read(entry.stack) ?? entry, true, say).catch((fault: unknown) => {
        say(`not all of it is gone: ${(fault as Error).message}; later: npm run stack -- gc`);
      });
      if (error instanceof InterruptedError)
        throw new InterruptedError(error.signal, `stack ${entry.stack}: interrupted; it was not made`);
      throw error; // what was wrong first
    }
  });
}

/**
 * Takes what the stack has for itself, and writes its file. Only what bears its name after it has an address is its own.
 */
async function prepared(entry: Entry, order: Order, ofClone: Settings): Promise<Entry> {
  const { stack, id, from, docker = ENGINE } = entry;
  const engine = engineAt(docker);
  await takeName(engine, stack, id);
  const stale = filesOf(entry).find((file) => fs.existsSync(file));
  if (stale !== undefined)
    throw new OperatorError(
      `${stale} is there already, of a stack ${stack} that this state does not know; choose another name, or remove it`,
    );
  const addresses = await takeAddress(engine, id, {
    network: ofClone.demand.addresses,
    ...(order.address === undefined ? {} : { address: order.address }),
  });
  const next = { ...entry, addresses: [...addresses] };
  update(next);
  if (order.ref !== undefined) await makeTree(stack, order.ref);
  if (!fs.existsSync(stackFileIn(folderOf(stack), from)))
    throw new OperatorError(
      `${order.ref ?? "this clone"} has no Pulumi.${from}.yaml; name another stack by --from`,
    );
  const base = order.ref === undefined ? ofClone : settingsWithoutSecrets(from, folderOf(stack));
  if (order.dataFrom !== undefined && base.openldap === undefined)
    throw new OperatorError(`stack ${from} has no directory, so nobody can be copied into one like it`);
  const own = demandSettings(base, {
    ...{ stack, from, docker, addresses, hasData: order.dataFrom !== undefined },
  });
  const config = Object.fromEntries(Object.entries(own).map(([key, value]) => [`sso:${key}`, value]));
  fs.writeFileSync(
    stackFileIn(folderOf(stack), stack),
    `# Written by npm run stack, and removed with the stack.\n${stringify({ config })}`,
  );
  return next;
}

async function takeName(engine: Engine, stack: string, id: string): Promise<void> {
  const isOurs = await claim(engine, id, nameVolumeOf(stack));
  const others = isOurs ? await findLeftovers(engine, stack) : [nameVolumeOf(stack)];
  if (others.length === 0) return;
  await release(engine, id, nameVolumeOf(stack));
  throw new OperatorError(
    `${engine.name} has a stack ${stack} that is not of this state (${others.slice(0, 3).join(", ")}); choose another name`,
  );
}

async function broughtUp(
  entry: Entry,
  people: string | undefined,
): Promise<{ view: StackView; copied: Copied | undefined }> {
  const { stack: name } = entry;
  const missing = placeholderSecrets(missingSecretsOf(name));
  const stack = await openToBringUp(name);
  const secrets = Object.entries(missing).flatMap(([group, values]) =>
    Object.entries(values).map(([key, value]): [string, automation.ConfigValue] => [
      `sso:secrets.${group}.${key}`,
      { value, secret: true },
    ]),
  );
  if (secrets.length > 0) await explained(name, () => stack.setAllConfig(Object.fromEntries(secrets), true));
  const { outputs } = await bringUp(stack);
  const view = readOutputs(name, outputs);
  fs.writeFileSync(certificateFileOf(name), view.caCertificate);
  const copied = people === undefined ? undefined : await copyPeople(people, stack);
  for (const realm of directoryRealms(view)) await syncRealm(view, realm, "triggerFullSync");
  return { view, copied };
}

/** Makes an account in each directory realm. */
async function addTester(view: StackView): Promise<Made["tester"]> {
  const realms = directoryRealms(view);
  if (realms.length === 0) return undefined;
  const tester = { username: "tester", password: crypto.randomBytes(12).toString("base64url") };
  await asAdmin(view, async ({ users }) => {
    for (const realm of realms)
      await users.create({
        realm,
        username: tester.username,
        firstName: "Test",
        lastName: "Person",
        email: `tester@${new URL(view.url).hostname}`,
        emailVerified: true,
        enabled: true,
        credentials: [{ type: "password", value: tester.password }],
      });
  });
  return tester;
}
