import * as crypto from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { OperatorError } from "../fail.ts";
import { backendUrl, PROJECT, STATE } from "../project.ts";
import { nameOf } from "./order.ts";

/** What is noted of a stack on demand, beside its state. */
const record = z.object({
  /** Pulumi stack, such as `od-login`. */
  stack: z.string(),
  /** Tells it from others of its name, on the engine. */
  id: z.string(),
  from: z.string(),
  ref: z.string().optional(),
  owner: z.string(),
  /** Machine whose process makes it. */
  maker: z.string(),
  /** Folder there that has its file. @default this clone: earlier versions did not note it */
  clone: z.string().default(PROJECT),
  created: z.coerce.date(),
  expires: z.coerce.date(),
  /** Docker engine that it runs on. @default this machine's own: earlier versions noted no local one */
  docker: z.string().optional(),
  /** Addresses that it has for itself, the public one first; none before it has got any. */
  addresses: z.array(z.string()),
  state: z.enum(["making", "ready", "removing"]),
});

export type Entry = Readonly<z.output<typeof record>>;

/** Longer than any making takes: another machine's lock is not seen here. */
const MAKING_MS = 60 * 60_000;

/**
 * Where the entries are: in the folder of the state, so that who shares that shares them. Each bucket has one in this
 * clone: with another bucket, a stack would be removed without its state.
 */
export function registryFolder(chosen?: string): string {
  const backend = backendUrl(chosen);
  const [, folder] = /^file:\/\/(.+)$/.exec(backend) ?? [];
  return folder === undefined ? path.join(STATE, `demand-${digestOf(backend)}`) : path.join(folder, "demand");
}

/** Stands for a text in names, whatever characters it has. */
function digestOf(text: string): string {
  return crypto.createHash("sha256").update(text).digest("hex").slice(0, 32);
}

const fileOf = (stack: string): string => path.join(registryFolder(), `${stack}.json`);

/** What is written before it takes the entry's place at once: a full disk or a kill leaves no half of one. */
const draftOf = ({ stack, id }: Entry): string => `${fileOf(stack)}.${id}`;

/**
 * Notes a stack that nobody else has noted.
 *
 * @throws {OperatorError} when there is one of its name
 */
export function enter(entry: Entry): void {
  fs.mkdirSync(registryFolder(), { recursive: true });
  const next = draftOf(entry);
  try {
    fs.writeFileSync(next, JSON.stringify(entry));
    fs.linkSync(next, fileOf(entry.stack)); // whole, and fails if it is there
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const name = nameOf(entry.stack);
    const there = read(entry.stack);
    throw new OperatorError(
      `stack ${entry.stack} is there already${there === undefined ? "" : `, made by ${there.owner}, until ${there.expires.toISOString()}`}; ` +
        `choose another name, or: npm run stack -- delete ${name}`,
    );
  } finally {
    fs.rmSync(next, { force: true });
  }
}

/** Notes a change; readers see the old entry or the new one. */
export function update(entry: Entry): void {
  const next = draftOf(entry);
  fs.writeFileSync(next, JSON.stringify(entry));
  fs.renameSync(next, fileOf(entry.stack));
}

export function forget(entry: Entry): void {
  for (const file of [draftOf(entry), fileOf(entry.stack)]) fs.rmSync(file, { force: true });
}

/**
 * What is noted of a stack, if anything.
 *
 * @throws {OperatorError} when the file is no entry
 */
export function read(stack: string): Entry | undefined {
  const file = fileOf(stack);
  try {
    return record.parse(JSON.parse(fs.readFileSync(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new OperatorError(
      `${file} is damaged; remove it, and what docker ps --all --filter name=sso-${stack}- lists`,
    );
  }
}

/** @throws {OperatorError} when there is no such stack */
export function known(stack: string): Entry {
  const entry = read(stack);
  if (entry !== undefined) return entry;
  const names = noted().map(nameOf);
  throw new OperatorError(
    `no stack ${stack}; ${names.length === 0 ? "there is none on demand" : `there are ${names.join(", ")}`}`,
  );
}

/** Stacks of which something is noted, also where that is damaged, by name. */
export function noted(): string[] {
  const folder = registryFolder();
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  return files.flatMap((file) => /^(od-\w+)\.json$/.exec(file)?.[1] ?? []);
}

/**
 * All that are noted, by name.
 *
 * @throws {OperatorError} when one is damaged
 */
export function entries(): Entry[] {
  return noted().flatMap((stack) => read(stack) ?? []);
}

/** Keeps other commands off a stack until it is given back, or the process ends, however it ends. */
export type Lock = () => void;

/**
 * Takes a stack for this process: a name in Linux's abstract namespace of sockets, which one process can have, and the
 * kernel gives it back when that ends.
 *
 * @returns nothing when another process has it
 */
export async function lock(stack: string): Promise<Lock | undefined> {
  const server = net.createServer().listen(`\0sso-demand-${digestOf(fileOf(stack))}`);
  server.unref();
  try {
    await once(server, "listening");
    return () => server.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
}

/** Longer than a command has a stack in passing, or takes to note what it does with it. */
const PATIENCE_MS = 5000;

/**
 * Takes a stack for this process; waits while another one has it and has noted no work on it.
 *
 * @returns nothing when another process works on it
 */
export async function lockSoon(stack: string): Promise<Lock | undefined> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const release = await lock(stack);
    if (release !== undefined || read(stack)?.state !== "ready" || performance.now() >= end) return release;
    await setTimeout(50);
  }
}

/**
 * Does something with a stack that no other command works on.
 *
 * @throws {OperatorError} when one does
 */
export async function withLock<T>(stack: string, action: () => Promise<T> | T): Promise<T> {
  const release = await lockSoon(stack);
  if (release === undefined)
    throw new OperatorError(`another command works on stack ${stack}; wait for it, or choose another name`);
  try {
    return await action();
  } finally {
    release();
  }
}

/** When a stack that another machine makes is not being made any more. */
export function makingEnds({ created }: Entry): Date {
  return new Date(created.getTime() + MAKING_MS);
}

/** How a stack is: whether its making was cut off can only be told of one that nobody works on. */
export function conditionOf(entry: Entry, isHeld: boolean, now = new Date()): string {
  const isElsewhere = entry.maker !== os.hostname() && now < makingEnds(entry);
  if (entry.state === "making") return isHeld || isElsewhere ? "being made" : "half-made";
  if (entry.state === "removing") return isHeld ? "being removed" : "half-removed";
  return entry.expires <= now ? "expired" : "ready";
}
