/**
 * Docker over `ssh://`, as the docker command does it: `ssh … docker system dial-stdio` for each connection. Thereby
 * the operator's own ssh configuration, agent, known hosts and jump hosts apply, which no ssh library would read.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { Agent } from "node:http";
import { Duplex, type Readable, type Writable } from "node:stream";

/** Seconds until ssh gives up connecting, so that a dead host is an error and not a hang. */
const connectTimeoutSec = 30;

/** Connections at one time: below the ten unauthenticated ones that sshd accepts by default (MaxStartups). */
const maxConnections = 8;

/** An HTTP agent whose connections are `ssh` processes. */
export class SshAgent extends Agent {
  readonly #command: readonly string[];

  public constructor(url: URL, sshOpts: readonly string[]) {
    super({ keepAlive: true, maxSockets: maxConnections });
    this.#command = sshCommand(url, sshOpts);
  }

  public override createConnection(): Duplex {
    return new SshConnection(this.#command);
  }
}

/** The arguments of `ssh` for an `ssh://[user@]host[:port][/path of the socket]` address. */
export function sshCommand(url: URL, sshOpts: readonly string[]): string[] {
  const login = url.username === "" ? [] : ["-l", decodeURIComponent(url.username)];
  const port = url.port === "" ? [] : ["-p", url.port];
  const socket = url.pathname === "" || url.pathname === "/" ? [] : ["--host", `unix://${url.pathname}`];
  const docker = ["docker", ...socket, "system", "dial-stdio"];
  const timeout = ["-o", `ConnectTimeout=${String(connectTimeoutSec)}`, "-T"];
  return [...sshOpts, ...timeout, ...login, ...port, "--", url.hostname, ...docker];
}

/** One `ssh` process seen as a socket. */
class SshConnection extends Duplex {
  readonly #ssh: ChildProcessByStdio<Writable, Readable, Readable>;
  #complaint = "";

  public constructor(command: readonly string[]) {
    super();
    this.#ssh = spawn("ssh", command, { stdio: ["pipe", "pipe", "pipe"] });
    this.#ssh.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) this.#ssh.stdout.pause();
    });
    this.#ssh.stderr.setEncoding("utf8").on("data", (text: string) => (this.#complaint += text));
    this.#ssh.stdin.on("error", (error) => this.destroy(error));
    this.#ssh.on("error", (error) => this.destroy(new SshError(error.message)));
    this.#ssh.on("close", (code) => {
      if (code === 0) this.push(null);
      else this.destroy(new SshError(this.#complaint.trim() || `ssh ended with code ${String(code)}`));
    });
  }

  public override _read(): void {
    this.#ssh.stdout.resume();
  }

  public override _write(
    chunk: Buffer,
    encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#ssh.stdin.write(chunk, encoding, done);
  }

  public override _final(done: () => void): void {
    this.#ssh.stdin.end(done);
  }

  public override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#ssh.kill();
    done(error);
  }

  // What an HTTP agent asks of a kept-alive socket and a pipe to a process has no need of.
  public setKeepAlive(): this {
    return this;
  }

  public setNoDelay(): this {
    return this;
  }

  public setTimeout(): this {
    return this;
  }

  public ref(): this {
    this.#ssh.ref();
    return this;
  }

  public unref(): this {
    this.#ssh.unref();
    return this;
  }
}

/** `ssh` itself failed; `message` is what it said. */
export class SshError extends Error {
  public readonly code = "ESSH";
}
