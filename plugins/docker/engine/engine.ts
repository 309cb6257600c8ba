/** The connection to one Docker engine. */
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";

import type { Context as PluginContext, Properties } from "../../core/definition.ts";
import { address, type Address } from "./address.ts";
import { CancelledError, translate, UnreachableError } from "./errors.ts";
import { registryLogins, type RegistryLogins } from "./registry.ts";

/**
 * Newest version of the engine's API that is asked for: the last one before fields that the state holds (such as
 * `NetworkSettings.Bridge`) left the answers.
 */
const newestApi = "1.51";

/** Seconds until an engine that does not answer the first request counts as unreachable; ssh takes its time. */
const connectWithinSec = 45;

/** Seconds until a request without an answer counts as a lost connection. */
const answerWithinSec = 120;

/** What every handler of this plugin gets. */
export type Context = PluginContext<Engine>;

/** How one request is made; `abortSignal` must be handed on, so that it ends with the operator's patience. */
export type Request<Answer> = (docker: Docker, abortSignal: AbortSignal) => Promise<Answer>;

/** Takes a signal, which the types leave out. */
interface Probe {
  version(options: { abortSignal: AbortSignal }): Promise<Docker.DockerVersion>;
}

export class Engine {
  readonly #address: Address;
  readonly logins: RegistryLogins;
  #connected: Promise<Docker> | undefined;
  #docker: Docker | undefined;

  /** @param config the provider's settings; nothing is opened before the first request */
  public constructor(config: Properties) {
    this.#address = address(config);
    this.logins = registryLogins(config);
  }

  /** The address as the operator wrote it. */
  public get host(): string {
    return this.#address.host;
  }

  /** On this machine rather than across a network. */
  public get local(): boolean {
    return this.#address.local;
  }

  /**
   * Makes a request that the engine answers at once.
   * @throws EngineError when it answers no; UnreachableError naming host and remedy when it does not answer;
   * CancelledError when `signal` is aborted meanwhile
   */
  public async ask<Answer>(
    signal: AbortSignal,
    request: Request<Answer>,
    limitSec = answerWithinSec,
  ): Promise<Answer> {
    const timeout = AbortSignal.timeout(limitSec * 1000);
    try {
      return await this.follow(AbortSignal.any([signal, timeout]), request);
    } catch (error) {
      if (!timeout.aborted || signal.aborted) throw error;
      throw this.#silent(limitSec);
    }
  }

  /**
   * Like `ask`, for requests that make something: once under way, such a request is not cut off by `signal`, or
   * nobody would know what it made.
   */
  public async make<Answer>(signal: AbortSignal, request: Request<Answer>): Promise<Answer> {
    if (signal.aborted) throw new CancelledError();
    return this.ask(new AbortController().signal, request);
  }

  /** Like `ask`, for what may take as long as it takes, such as a build. */
  public async follow<Answer>(signal: AbortSignal, request: Request<Answer>): Promise<Answer> {
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      aborted.reject(new CancelledError());
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      signal.throwIfAborted();
      // docker-modem does not settle every request that is aborted or cut off half-way; the race does.
      return await Promise.race([this.#connect().then((docker) => request(docker, signal)), aborted.promise]);
    } catch (error) {
      if (signal.aborted) throw new CancelledError();
      throw translate(error, this.host);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Ends kept connections. */
  public close(): void {
    const modem = this.#docker?.modem as { agent?: { destroy(): void } } | undefined;
    modem?.agent?.destroy();
  }

  #connect(): Promise<Docker> {
    this.#connected ??= this.#open().catch((error: unknown) => {
      this.#connected = undefined; // the next request may find the engine
      throw error;
    });
    return this.#connected;
  }

  async #open(): Promise<Docker> {
    // Loaded on first use: a preview needs no engine, and dockerode takes longer to load than all the rest.
    const { default: Dockerode } = await import("dockerode");
    const options = this.#address.options();
    const probe = new Dockerode(options) as unknown as Probe;
    const { ApiVersion: offered } = await this.#offered(probe);
    this.#docker = new Dockerode({ ...options, version: `v${olderOf(offered, newestApi)}` });
    return this.#docker;
  }

  /** The first request of all: an engine that is there answers it at once. */
  async #offered(probe: Probe): Promise<Docker.DockerVersion> {
    const abortSignal = AbortSignal.timeout(connectWithinSec * 1000);
    try {
      return await probe.version({ abortSignal });
    } catch (error) {
      throw abortSignal.aborted ? this.#silent(connectWithinSec) : error;
    }
  }

  #silent(seconds: number): UnreachableError {
    return new UnreachableError(
      `the Docker engine at ${this.host} gave no answer within ${String(seconds)} s: check that it is alive`,
    );
  }
}

function olderOf(a: string, b: string): string {
  const minor = (version: string): number => Number(version.split(".")[1]);
  return minor(a) < minor(b) ? a : b;
}

/** The same without the operator's signal, to see what was just made. */
export function uncut(context: Context): Context {
  return { ...context, signal: new AbortController().signal };
}

/** Waits; an abort ends it with CancelledError. */
export async function pause(signal: AbortSignal, milliseconds: number): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    throw new CancelledError();
  }
}
