import { spawn } from "node:child_process";
import * as path from "node:path";
import { DOCKER_SSH_OPTIONS, SSH_OPTIONS, sshDestination } from "../components/host/ssh.ts";
import { OperatorError } from "./fail.ts";
import { PROJECT } from "./project.ts";

const PORT_TAKEN = /Address already in use|Could not request local forwarding|forwarding request failed/;

/** Whether ssh complains that something listens where a tunnel should begin. */
export function isPortTaken(complaint: string): boolean {
  return PORT_TAKEN.test(complaint);
}

/** What ssh's complaints mean to an operator, the first that fits. `HOST` stands for the host's name. */
const EXPLANATIONS: readonly (readonly [RegExp, string])[] = [
  [/Could not resolve hostname/, "there is no host of this name: correct the address, or name resolution"],
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/,
    "its host key is not the one that is known: it was set up anew, or somebody stands in its place. " +
      "Compare the fingerprint with its console's (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub); " +
      "only if they are the same: ssh-keygen -R HOST, and connect once by hand",
  ],
  [
    /host key is known for|Host key verification failed/,
    "its host key is not known here: connect once by hand (ssh HOST) and compare the fingerprint with its console's",
  ],
  [
    /Permission denied/,
    "it does not let this user in: put a public key that ssh-agent or ~/.ssh/config offers into its authorized_keys",
  ],
  [/Cannot assign requested address/, "sso:host.adminAddress is no loopback address of this machine"],
  [
    PORT_TAKEN,
    "an administration port of the stack is taken on this machine: stop what listens there, " +
      "or give the stack another sso:host.adminAddress",
  ],
  [/Connection refused/, "no sshd listens there: correct the port, or start it"],
  [
    /timed out|No route to host|unreachable/i,
    "it does not answer: check that it is up and that its firewall lets you in",
  ],
  [/sudo: /, "this user may not become root there without a password: prepare the host as root"],
];

/** One message for what ssh complained about. */
export function explainSsh(address: string, complaint: string): string {
  const said = complaint.trim();
  const host = new URL(address).hostname;
  const [, remedy] = EXPLANATIONS.find(([pattern]) => pattern.test(said)) ?? [];
  const last = said.split("\n").at(-1)?.trim() ?? "";
  const words = last === "" ? "ssh ended without a word" : `ssh ended: ${last}`;
  return `${address}: ${remedy?.replaceAll("HOST", host) ?? words}`;
}

/** ssh's exit code for its own failures; others are those of the command (ssh(1)). */
const OWN_FAILURE = 255;

/** How a command on a host ended. */
export interface Ended {
  readonly status: number;
  readonly output: string;
  readonly complaint: string;
}

/** Seconds until a host that does not answer is given up. */
const CONNECT_TIMEOUT_SEC = 20;

/**
 * Runs a shell script on a host as root.
 *
 * @throws {OperatorError} when it cannot be reached
 */
export async function runAsRoot(address: string, script: string): Promise<Ended> {
  const become = '[ "$(id -u)" = 0 ] && exec sh -s || exec sudo -n SSH_CONNECTION="$SSH_CONNECTION" sh -s';
  const ssh = spawn("ssh", [...connection(), "-T", ...sshDestination(address), become]);
  const ended = Promise.withResolvers<number>();
  ssh.once("error", ended.reject).once("close", (code) => {
    ended.resolve(code ?? OWN_FAILURE);
  });
  const [output, complaint] = [ssh.stdout, ssh.stderr].map((stream) => {
    const parts: string[] = [];
    stream.setEncoding("utf8").on("data", (part: string) => parts.push(part));
    return parts;
  }) as [string[], string[]];
  ssh.stdin.on("error", () => undefined); // a connection that fails says so itself
  ssh.stdin.end(script);
  const status = await ended.promise;
  const result = { status, output: output.join(""), complaint: complaint.join("") };
  if (status === OWN_FAILURE || /^sudo: /m.test(result.complaint))
    throw new OperatorError(explainSsh(address, result.complaint));
  return result;
}

/** Options of a connection that is not Docker's own. */
export function connection(): string[] {
  return [...SSH_OPTIONS, "-o", `ConnectTimeout=${CONNECT_TIMEOUT_SEC}`];
}

/** Environment in which the docker command calls ssh as the docker provider does; it has no option for that. */
export function dockerEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [path.join(PROJECT, "automation/ssh-for-docker"), process.env.PATH].join(path.delimiter),
    SSO_SSH_OPTIONS: DOCKER_SSH_OPTIONS.join(" "),
  };
}
