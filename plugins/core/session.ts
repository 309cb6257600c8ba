/** What lasts as long as the engine's connection: its log, and whether it has asked to stop. */
import type { EngineLog } from "./enginelog.ts";
import type { Call } from "./provider.ts";
import { parseUrn } from "./wire.ts";

/** One engine's use of this plugin. */
export class Session {
  readonly #stop = new AbortController();
  #address: string | undefined;
  #log: Promise<EngineLog> | undefined;

  /** `address` is the engine's, host and port; without one, messages go to stderr. */
  public constructor(address?: string) {
    this.#address = address;
  }

  public attach(address: string): void {
    if (address === "") return;
    this.#address = address;
    this.#log = undefined;
  }

  /** Tells all running operations to end. */
  public cancel(): void {
    this.#stop.abort(new Error("cancelled"));
  }

  /** What a handler is told about the operation on `urn`. */
  public call(urn: string, timeoutSec: number): Call {
    return {
      signal: this.#stop.signal,
      name: parseUrn(urn).name,
      ...(timeoutSec > 0 ? { timeoutSec } : {}),
      status: (message) => {
        this.#say("info", urn, message, true);
      },
      warn: (message) => {
        this.#say("warning", urn, message, false);
      },
    };
  }

  #say(severity: "info" | "warning", urn: string, message: string, passing: boolean): void {
    const address = this.#address;
    if (address === undefined) {
      process.stderr.write(`${message}\n`);
      return;
    }
    // The log's client is loaded by the first message: most runs have none, and start-up is counted.
    this.#log ??= import("./enginelog.ts").then(({ EngineLog }) => new EngineLog(address));
    void this.#log.then((log) => {
      log.log(severity, urn, message, passing);
    });
  }
}
