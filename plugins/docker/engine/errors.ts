/** What goes wrong with the engine, in words for the operator. */

/** The engine answered, and the answer was no. */
export class EngineError extends Error {
  /** HTTP status of the answer. */
  public readonly status: number;

  public constructor(status: number, message: string) {
    super(message);
    this.name = "EngineError";
    this.status = status;
  }
}

/** The engine did not answer. */
export class UnreachableError extends Error {}

/** The operator cancelled. */
export class CancelledError extends Error {
  public constructor() {
    super("cancelled");
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof EngineError && error.status === 404;
}

export function isConflict(error: unknown): boolean {
  return error instanceof EngineError && error.status === 409;
}

export function messageOf(error: unknown): string {
  const message = part(error, "message");
  return typeof message === "string" ? message : String(error);
}

/** Read by name rather than by class: Node.js's own errors are of another realm where the code runs in a sandbox. */
function part(error: unknown, name: "message" | "code" | "statusCode"): unknown {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}

/** Remedy for each reason why there is no connection, by the code of Node.js (or ssh's own, `ESSH`). */
const remedies: Readonly<Record<string, string>> = {
  EACCES: "this user may not use it: add the user to the docker group, or run as root",
  ENOENT: "nothing is there: start Docker, or set docker:host or DOCKER_HOST",
  ECONNREFUSED: "nothing listens there: start Docker, or set docker:host or DOCKER_HOST",
  ENOTFOUND: "the host name is unknown: correct docker:host or DOCKER_HOST",
  EAI_AGAIN: "the host name cannot be looked up: check name resolution, docker:host and DOCKER_HOST",
  ETIMEDOUT: "the host does not answer: check that it is up and that docker:host or DOCKER_HOST names it",
  EHOSTUNREACH: "there is no route to the host: check the network, docker:host and DOCKER_HOST",
  ESSH: "check that `ssh HOST docker version` works there without typing a password",
};

/** Any failure of a request as one of the classes above. `host` is the address as the operator wrote it. */
export function translate(error: unknown, host: string): Error {
  if (error instanceof EngineError || error instanceof UnreachableError) return error;
  const status = part(error, "statusCode");
  if (typeof status === "number") return new EngineError(status, engineMessage(messageOf(error)));
  const code = part(error, "code");
  if (typeof code !== "string") return error instanceof Error ? error : new Error(messageOf(error));
  const remedy = remedies[code] ?? "the connection was lost: check that Docker runs there, then run again";
  const reason = code === "ESSH" ? messageOf(error) : code;
  return new UnreachableError(`cannot reach the Docker engine at ${host} (${reason}): ${remedy}`);
}

/** The engine's own words without the decoration that dockerode puts around them. */
function engineMessage(message: string): string {
  const said = /^\(HTTP code \d+\) [^-]*- (.*)$/s.exec(message)?.[1] ?? message;
  return said.trim();
}
