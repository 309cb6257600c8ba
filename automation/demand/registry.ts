import * as crypto from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { z } from "zod";
import { OperatorError } from "../fail.ts";
import { PROJECT, STATE } from "../project.ts";
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
  created: z.coerce.date(),
  expires: z.coerce.date(),
  /** Docker engine that it runs on. @default this machine's own */
  docker: z.string().optional(),
  /** Addresses that it has for itself, the public one first; none before it has got any. */
  addresses: z.array(z.string()),
  state: z.enum(["making", "ready", "removing"]),
});

export type Entry = Readonly<z.output<typeof record>>;

/** After this long, a stack that another machine makes is not being made any more. */
const MAKING_MS = 60 * 60_000;

/** Where the entries are: in the folder of the state, so that who shares that shares them. */
export function registryFolder(backend = process.env.PULUMI_BACKEND_URL): string {
  const [, folder] = /^file:\/\/(.+)$/.exec(backend ?? "") ?? [];
  return path.join(folder === undefined ? STATE : path.resolve(PROJECT, folder), "demand");
}

const fileOf = (stack: string): string => path.join(registryFolder(), `${stack}.json`);

/**
 * Notes a stack that nobody else has noted.
 *
 * @throws {OperatorError} when there is one of its name
 */
export function enter(entry: Entry): void {
  fs.mkdirSync(registryFolder(), { recursive: true });
  try {
    fs.writeFileSync(fileOf(entry.stack), JSON.stringify(entry), { flag: "wx" }); // fails if it is there
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const name = nameOf(entry.stack);
    const there = read(entry.stack);
    throw new OperatorError(
      `stack ${entry.stack} is there already${there === undefined ? "" : `, made by ${there.owner}, until ${there.expires.toISOString()}`}; ` +
        `choose another name, or: npm run stack -- delete ${name}`,
    );
  }
}

/** Notes a change; readers see the old entry or the new one. */
export function update(entry: Entry): void {
  const next = `${fileOf(entry.stack)}.${process.pid}`;
  fs.writeFileSync(next, JSON.stringify(entry));
  fs.renameSync(next, fileOf(entry.stack));
}

export function forget(stack: string): void {
  fs.rmSync(fileOf(stack), { force: true });
}

/** What is noted of a stack, if anything. */
export function read(stack: string): Entry | undefined {
  try {
    return record.parse(JSON.parse(fs.readFileSync(fileOf(stack), "utf8")));
  } catch (error) {
    // Another command has just begun to write it, or it is gone.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** @throws {OperatorError} when there is no such stack */
export function known(stack: string): Entry {
  const entry = read(stack);
  if (entry !== undefined) return entry;
  const names = entries().map((each) => nameOf(each.stack));
  throw new OperatorError(
    `no stack ${stack}; ${names.length === 0 ? "there is none on demand" : `there are ${names.join(", ")}`}`,
  );
}

/** All that are noted, by name. */
export function entries(): Entry[] {
  const folder = registryFolder();
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  return files.flatMap((file) => {
    const [, stack] = /^(od-\w+)\.json$/.exec(file) ?? [];
    const entry = stack === undefined ? undefined : read(stack);
    return entry === undefined ? [] : [entry];
  });
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
  const name = crypto.createHash("sha256").update(fileOf(stack)).digest("hex").slice(0, 32);
  const server = net.createServer().listen(`\0sso-demand-${name}`);
  server.unref();
  try {
    await once(server, "listening");
    return () => server.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
}

/**
 * Does something with a stack that no other command works on.
 *
 * @throws {OperatorError} when one does
 */
export async function withLock<T>(stack: string, action: () => Promise<T> | T): Promise<T> {
  const release = await lock(stack);
  if (release === undefined)
    throw new OperatorError(`another command works on stack ${stack}; wait for it, or choose another name`);
  try {
    return await action();
  } finally {
    release();
  }
}

/** How a stack is: whether its making was cut off can only be told of one that nobody works on. */
export function conditionOf(entry: Entry, isHeld: boolean, now = new Date()): string {
  const isElsewhere = entry.maker !== os.hostname() && now.getTime() - entry.created.getTime() < MAKING_MS;
  if (entry.state === "making") return isHeld || isElsewhere ? "being made" : "half-made";
  if (entry.state === "removing") return isHeld ? "being removed" : "half-removed";
  return entry.expires <= now ? "expired" : "ready";
}
