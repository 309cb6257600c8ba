/** What went wrong, in one message for a person. */
import pg from "pg";
import type { Settings } from "./settings.ts";

/** A fault of the server or of the way to it; `code` is its SQLSTATE or the system's error code. */
export class ServerError extends Error {
  public readonly code: string | undefined;

  public constructor(message: string, code: string | undefined, cause: unknown) {
    super(message, { cause });
    this.name = "ServerError";
    this.code = code;
  }
}

/** SQLSTATEs that the plugin tells apart (PostgreSQL manual, appendix A). */
export const STATE = {
  noSuchDatabase: "3D000",
  noSuchObject: "42704",
  noSuchSchema: "3F000",
  noSuchTable: "42P01",
  noSuchRoutine: "42883",
} as const;

const EXISTS = new Set(["42710", "42P04", "42P06"]);
const REFUSED = new Set(["28P01", "28000"]);
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
]);
const UNTRUSTED = /certificate|CERT|altnames|UNABLE_TO_(GET_ISSUER|VERIFY)|SELF_SIGNED/; // OpenSSL's and Node's names

export function isState(error: unknown, ...states: readonly string[]): boolean {
  return error instanceof ServerError && error.code !== undefined && states.includes(error.code);
}

/** A fault while connecting. */
export function connectFault(error: unknown, settings: Settings, database: string): ServerError {
  const { message, code } = facts(error);
  const place = `PostgreSQL at ${settings.host}:${settings.port}`;
  const say = (text: string): ServerError => new ServerError(text, code, error);
  if (code !== undefined && UNREACHABLE.has(code)) {
    return say(`cannot reach ${place} (${code}): see that it runs and listens there`);
  }
  if (code !== undefined && REFUSED.has(code)) {
    return say(
      `${place} refuses user "${settings.user}": wrong password, or pg_hba.conf forbids it (${message})`,
    );
  }
  if (code === STATE.noSuchDatabase) return say(`${place} has no database "${database}"`);
  if (message.includes("does not support SSL")) {
    return say(`${place} offers no TLS: set sslmode to disable, or turn on ssl in the server`);
  }
  if (UNTRUSTED.test(`${code ?? ""} ${message}`)) {
    return say(`the certificate of ${place} is not trusted (${message}): set sslrootcert to its CA's file`);
  }
  if (message.includes("timeout")) {
    return say(
      `${place} does not answer within ${settings.connectTimeoutSec} s (connectTimeout): is it overloaded or stopped?`,
    );
  }
  return say(`cannot connect to ${place}: ${message}`);
}

/** A fault of a statement. The statement is never shown: it may hold more than a person should see in a log. */
export function statementFault(error: unknown, settings: Settings, waitedSec: number): ServerError {
  const { message, code, detail } = facts(error);
  const say = (text: string): ServerError => new ServerError(text, code, error);
  if (error instanceof pg.DatabaseError) {
    const more = detail === undefined ? "" : ` (${detail})`;
    if (code !== undefined && EXISTS.has(code)) {
      return say(`${message}: take it over with pulumi import, or choose another name`);
    }
    return say(`${message}${more}`);
  }
  const place = `PostgreSQL at ${settings.host}:${settings.port}`;
  if (message.includes("timeout")) {
    return say(
      `${place} gave no answer within ${waitedSec} s: see what it does, or allow more by customTimeouts`,
    );
  }
  return say(`lost the connection to ${place} (${message}): see that it runs, then run the command again`);
}

interface Facts {
  readonly message: string;
  readonly code: string | undefined;
  readonly detail: string | undefined;
}

function facts(error: unknown): Facts {
  const { errors, message, code, detail } = error as { [key in "errors" | keyof Facts]?: unknown };
  // A host name with several addresses fails with the faults of all; the first says enough.
  if (Array.isArray(errors) && errors.length > 0) return facts(errors[0]);
  return {
    message: typeof message === "string" ? message : String(error),
    code: typeof code === "string" ? code : undefined,
    detail: typeof detail === "string" ? detail.split("\n").join("; ") : undefined,
  };
}
