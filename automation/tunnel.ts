import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sshDestination } from "../components/host/ssh.ts";
import { OperatorError, UntouchedError } from "./fail.ts";
import { type RemoteHost, remoteHostOf } from "./remote-host.ts";
import { connection, explainSsh, isPortTaken } from "./ssh.ts";

/** Seconds that the connection stays when nobody needs it any more; ssh has no shorter time. */
const LINGER_SEC = 1;

/** Seconds in which the connection to another host, of a command just before this one, must have ended. */
const FREE_WITHIN_SEC = 3;

/** What the far end says once everything is forwarded. */
const OPEN = "sso-tunnel-open";

class PortTakenError extends UntouchedError {}

/** The connection to a host ended while something was done there. */
export class CutError extends OperatorError {}

/** A way to a host's administration ports. */
export interface Tunnel {
  /** Why it is no more; `undefined` while it stands, and after it was closed from here. */
  readonly cut: () => string | undefined;
  readonly close: () => void;
}

/**
 * Opens the tunnel to a stack's administration ports, for as long as this process runs or until it is closed. The near end
 * has the same addresses and ports as the far end, so that state and providers know nothing of it. All who need it at
 * one time share one connection; whoever holds it has a session of `cat` in it, which ends with its standard input,
 * however the holder ends.
 *
 * @throws {UntouchedError} with what is wrong and the remedy
 */
export async function openTunnel(host: RemoteHost): Promise<Tunnel> {
  for (const end = Date.now() + FREE_WITHIN_SEC * 1000; ;) {
    try {
      return await open(host);
    } catch (error) {
      if (!(error instanceof PortTakenError) || Date.now() > end) throw error;
      await sleep(300);
    }
  }
}

async function open(host: RemoteHost): Promise<Tunnel> {
  const ssh = spawn("ssh", tunnelArguments(host), {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // Ctrl-C is for pulumi, which then needs the tunnel to end in good order
  });
  let complaint = "";
  let cut: string | undefined;
  let isClosed = false;
  const opened = Promise.withResolvers<undefined>();
  ssh.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  ssh.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (text.includes(OPEN)) opened.resolve(undefined);
  });
  ssh.stdin.on("error", () => undefined); // it has ended, which is seen below
  ssh.once("error", (error) => {
    opened.reject(new UntouchedError(`ssh cannot be run: ${error.message}; install openssh-client`));
  });
  ssh.once("exit", () => {
    // Its last words may still be on the way.
    setImmediate(() => {
      const why = explainSsh(host.docker, complaint);
      if (!isClosed) cut = why;
      opened.reject(isPortTaken(complaint) ? new PortTakenError(why) : new UntouchedError(why));
    });
  });
  const close = (): void => {
    isClosed = true;
    ssh.stdin.end();
  };
  try {
    await opened.promise;
  } catch (error) {
    close();
    throw error;
  }
  // Nobody waits for it: this process ends when its work is done.
  ssh.unref();
  for (const stream of [ssh.stdin, ssh.stdout, ssh.stderr]) if (stream instanceof net.Socket) stream.unref();
  return { cut: () => cut, close };
}

function tunnelArguments({ docker, adminAddress, adminPorts }: RemoteHost): string[] {
  const ends = adminPorts.map((port) => `${adminAddress}:${port}`);
  const options = {
    ControlMaster: "auto",
    ControlPath: controlPath(),
    ControlPersist: LINGER_SEC,
    ExitOnForwardFailure: "yes",
  };
  return [
    ...connection(),
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...ends.flatMap((end) => ["-L", `${end}:${end}`]),
    "-T",
    ...sshDestination(docker),
    `echo ${OPEN} && exec cat`,
  ];
}

/** Where those who share a connection find it: in a folder that only this user may enter. */
function controlPath(): string {
  const folder = path.join(os.userInfo().homedir, ".ssh");
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  return path.join(folder, "sso-%C");
}

/**
 * Does something with the administration ports of a stack within reach; on this machine they are.
 *
 * @throws as {@link throughTunnel} does
 */
export async function withinReach<T>(stackName: string, work: () => Promise<T>): Promise<T> {
  return throughTunnel(remoteHostOf(stackName), work);
}

/**
 * Does something with the administration ports of a host within reach, if there is one.
 *
 * @throws {UntouchedError} when the tunnel cannot be opened
 * @throws {CutError} when it was cut while `work` failed
 */
export async function throughTunnel<T>(host: RemoteHost | undefined, work: () => Promise<T>): Promise<T> {
  if (host === undefined) return work();
  const tunnel = await openTunnel(host);
  try {
    return await work();
  } catch (error) {
    throw cutError(tunnel, error) ?? error;
  } finally {
    tunnel.close();
  }
}

function cutError(tunnel: Tunnel, error: unknown): CutError | undefined {
  const cut = tunnel.cut();
  if (cut === undefined) return undefined;
  const besides = error instanceof OperatorError ? `\nWhat failed by that:\n${error.message}` : "";
  return new CutError(`${CUT} (${cut}). ${GO_ON}${besides}`);
}

/** What is said of a connection that was cut. */
export const CUT = "the connection to the stack's host was cut";
export const GO_ON = "Check the host and the network, then run the same again: it goes on where it stopped.";
