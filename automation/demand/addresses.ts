import { once } from "node:events";
import * as net from "node:net";
import { Address4 } from "ip-address";
import type { Engine } from "../engine.ts";
import { OperatorError } from "../fail.ts";

/** Addresses that are tried before one gives up. */
const TRIES = 50;

/** Ports whose being taken shows that an address is. */
const PORTS = [443, 15432];

/** Label of a volume that stands for something that one stack has for itself. */
const LABEL = "sso.demand";

/** Addresses of a network in a random order, without those that mean something else. */
export function* addressesIn(network: string, random: () => number = Math.random): Generator<string> {
  const block = new Address4(network);
  const first = block.startAddress().bigInt();
  const size = Number(block.endAddress().bigInt() - first) + 1;
  const start = Math.floor(random() * size);
  for (let step = 0; step < size; step++) {
    const address = Address4.fromBigInt(first + BigInt((start + step) % size)).correctForm();
    if (size === 1 || !/\.(0|255)$/.test(address)) yield address;
  }
}

/** The loopback address for administration that belongs to a public one. */
export function adminAddressOf(address: string): string {
  return address.replace(/^\d+/, "127");
}

/** What publishes ports on each address, as `docker ps` tells: container names by address. */
export function publishers(list: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of list.split("\n")) {
    const [name = "", ports = ""] = line.split("\t");
    for (const [, address = ""] of ports.matchAll(/(\d+\.\d+\.\d+\.\d+):\d+->/g)) found.set(address, name);
  }
  return found;
}

/**
 * Takes an address of a network, or a certain one, for a stack alone.
 *
 * @returns the address and the one for administration, which may be the same
 * @throws {OperatorError} when it is taken, or none is free
 */
export async function takeAddress(
  engine: Engine,
  id: string,
  wanted: { readonly network: string; readonly address?: string },
): Promise<readonly string[]> {
  const published = publishers(await engine.docker("ps", "--format", "{{.Names}}\t{{.Ports}}"));
  const candidates = wanted.address === undefined ? addressesIn(wanted.network) : [wanted.address];
  let tries = 0;
  let reason = "";
  for (const address of candidates) {
    if (tries++ >= TRIES) break;
    const addresses = [...new Set([address, adminAddressOf(address)])];
    const taker = addresses.map((each) => published.get(each)).find((name) => name !== undefined);
    reason =
      taker === undefined
        ? engine.isLocal
          ? await listenerAt(address)
          : ""
        : `container ${taker} publishes its ports there`;
    if (reason !== "") continue;
    if (await takeAll(engine, id, addresses)) return addresses;
    reason = "another stack on demand has it";
  }
  throw new OperatorError(
    wanted.address === undefined
      ? `no free address in ${wanted.network} (${tries} tried; the last one: ${reason}); npm run stack -- gc, or set sso:demand`
      : `address ${wanted.address} is taken: ${reason}; give another one, or leave --address out`,
  );
}

/** Why an address of this machine cannot be listened on; nothing when it can, or is of another machine. */
async function listenerAt(address: string): Promise<string> {
  for (const port of PORTS) {
    const server = net.createServer().listen(port, address);
    try {
      await once(server, "listening");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE")
        return `something listens on its port ${port}`;
    } finally {
      server.close();
    }
  }
  return "";
}

async function takeAll(engine: Engine, id: string, addresses: readonly string[]): Promise<boolean> {
  const taken: string[] = [];
  for (const address of addresses) {
    if (!(await claim(engine, id, volumeOf(address)))) break;
    taken.push(address);
  }
  if (taken.length === addresses.length) return true;
  for (const address of taken) await release(engine, id, volumeOf(address));
  return false;
}

const volumeOf = (address: string): string => `sso-address-${address}`;

/**
 * Takes something on an engine for one stack, whoever else asks that engine for it, from whichever clone or machine. A
 * volume stands for it: the engine makes one of a name only once and shows later askers the first one's label.
 *
 * @returns whether the stack has it
 */
export async function claim(engine: Engine, id: string, volume: string): Promise<boolean> {
  await engine.docker("volume", "create", "--label", `${LABEL}=${id}`, volume);
  return (await holderOf(engine, volume)) === id;
}

/** Gives it back; does nothing when another stack has it. */
export async function release(engine: Engine, id: string, volume: string): Promise<void> {
  if ((await claimsOf(engine, id)).includes(volume)) await engine.docker("volume", "rm", volume);
}

/** Gives back all that a stack has, noted or not. */
export async function releaseAll(engine: Engine, id: string): Promise<void> {
  const volumes = await claimsOf(engine, id);
  if (volumes.length > 0) await engine.docker("volume", "rm", ...volumes);
}

async function claimsOf(engine: Engine, id: string): Promise<string[]> {
  const listed = await engine.docker("volume", "ls", "--quiet", "--filter", `label=${LABEL}=${id}`);
  return listed.split("\n").filter((volume) => volume !== "");
}

function holderOf(engine: Engine, volume: string): Promise<string> {
  return engine.docker("volume", "inspect", "--format", `{{index .Labels "${LABEL}"}}`, volume);
}
