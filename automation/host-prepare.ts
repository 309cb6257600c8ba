import { Address4, Address6 } from "ip-address";
import { FOUNDATIONS, bringImages, missingImages } from "./bring-images.ts";
import { OperatorError } from "./fail.ts";
import type { HostNeeds } from "./host-files.ts";
import { type HostStep, hostSteps, PREAMBLE, SSH_NETWORKS_FILE } from "./host-steps.ts";
import { type RemoteHost, remoteHostOf } from "./remote-host.ts";
import { stackNames } from "./project.ts";
import { runAsRoot } from "./ssh.ts";

export interface Preparation {
  /** Of an account that is root or becomes it by sudo. */
  readonly address: string;
  /** Networks that may log in by ssh. @default those that the host was prepared with */
  readonly sshNetworks?: readonly string[];
  /** Changes nothing. */
  readonly checkOnly: boolean;
  readonly tell: (line: string) => void;
}

/** What became of a step. */
export type StepResult = "ok" | "changed" | "would change";

/**
 * Makes a bare Debian host one that stacks can run on, or says what that would change. Each step looks first, so a second
 * time changes nothing.
 *
 * @returns what became of each step, by its name
 * @throws {OperatorError} when the host cannot be reached, a step fails, or the firewall would lock the caller out
 */
export async function prepareHost(preparation: Preparation): Promise<Readonly<Record<string, StepResult>>> {
  const { address, checkOnly, tell } = preparation;
  const facts = await factsOf(address);
  const sshNetworks = preparation.sshNetworks ?? facts.sshNetworks;
  refuseLockOut(facts.client, sshNetworks);
  const needs: HostNeeds = { ...needsOf(address), sshNetworks, sshPort: facts.sshPort };
  const results: [string, StepResult][] = [];
  const note = (name: string, result: StepResult): void => {
    results.push([name, result]);
    tell(`${name}: ${result}`);
  };
  for (const step of hostSteps(needs)) note(step.name, await seeTo(address, step, checkOnly));
  note("images to build on", await seeToImages(engineOf(address, needs.user), checkOnly));
  return Object.fromEntries(results);
}

interface Facts {
  /** Address that the host sees this machine come from. */
  readonly client: string;
  /** Port of the host's sshd, which need not be the one that this machine asked for. */
  readonly sshPort: number;
  /** Networks of the last preparation. */
  readonly sshNetworks: readonly string[];
}

async function factsOf(address: string): Promise<Facts> {
  const { output } = await run(
    address,
    "host",
    `. /etc/os-release; echo "\${ID:-}"; echo "\${SSH_CONNECTION:-}"; cat ${SSH_NETWORKS_FILE} 2>/dev/null || true`,
  );
  const [system = "", connection = "", ...networks] = output.trimEnd().split("\n");
  if (system !== "debian") throw new OperatorError(`${address}: it runs ${system}; only Debian is prepared`);
  const [client = "", , , port] = connection.split(" "); // sshd(8), SSH_CONNECTION
  return { client, sshPort: Number(port ?? 22), sshNetworks: networks };
}

/**
 * Whoever sets up a firewall from a place that it does not let in does so for the last time.
 *
 * @throws {OperatorError} then, and when one of the networks is none or the whole world
 */
export function refuseLockOut(client: string, networks: readonly string[]): void {
  if (networks.length === 0) {
    throw new OperatorError(
      `say which networks may log in by ssh: --allow-ssh-from ${client === "" ? "192.0.2.0/24" : client},… ` +
        "(the host sees you come from the first)",
    );
  }
  // All are looked at, for each goes into the firewall.
  if (!networks.map((network) => contains(network, client)).includes(true)) {
    throw new OperatorError(
      `the host sees you come from ${client}, which is in none of ${networks.join(", ")}: you would lock yourself out. ` +
        `Nothing was changed; add it to --allow-ssh-from`,
    );
  }
}

/** @throws {OperatorError} when `network` is no network */
export function contains(network: string, client: string): boolean {
  const [family, other] = network.includes(":") ? [Address6, Address4] : [Address4, Address6];
  if (!family.isValid(network) || /\/0*$/.test(network))
    throw new OperatorError(`--allow-ssh-from ${network}: not a network; give such as 192.0.2.0/24`);
  if (!family.isValid(client) || other.isValid(client)) return false;
  return new family(client).isInSubnet(new family(network));
}

/** What stacks have that say nothing of them. */
const DEFAULT_ADMIN_PORTS = [15432, 18443];

/** The account and administration ports of the stacks whose files name this host, and the defaults. */
function needsOf(address: string): Omit<HostNeeds, "sshNetworks" | "sshPort"> {
  const { hostname } = new URL(address);
  const hosts = stackNames()
    .map((name) => remoteHostOf(name))
    .filter((host): host is RemoteHost => host !== undefined && new URL(host.docker).hostname === hostname);
  const users = hosts.map(({ docker }) => new URL(docker).username).filter((user) => user !== "");
  const ports = hosts.flatMap(({ adminPorts }) => adminPorts);
  return {
    user: users[0] ?? "deploy",
    adminPorts: [...new Set([...ports, ...DEFAULT_ADMIN_PORTS])].sort((a, b) => a - b),
    hasIpv6: hosts.some((host) => host.hasIpv6),
  };
}

/** The host's engine as stacks reach it. */
function engineOf(address: string, user: string): string {
  const url = new URL(address);
  url.username = user;
  return url.href;
}

async function seeTo(address: string, step: HostStep, checkOnly: boolean): Promise<StepResult> {
  if (await isDone(address, step)) return "ok";
  if (checkOnly) return "would change";
  await run(address, step.name, step.apply);
  if (step.confirm !== undefined) await run(address, step.name, step.confirm);
  if (!(await isDone(address, step)))
    throw new OperatorError(`${address}: ${step.name}: it was set up, but is still not as it should be`);
  return "changed";
}

async function isDone(address: string, { check }: HostStep): Promise<boolean> {
  const { status } = await runAsRoot(address, `${PREAMBLE}${check}`);
  return status === 0;
}

async function run(address: string, name: string, script: string): ReturnType<typeof runAsRoot> {
  const ended = await runAsRoot(address, `${PREAMBLE}${script}`);
  if (ended.status === 0) return ended;
  const said = ended.complaint.trim().split("\n").slice(-5).join("\n");
  throw new OperatorError(`${address}: ${name}: ${said === "" ? `it ended with ${ended.status}` : said}`);
}

async function seeToImages(engine: string, checkOnly: boolean): Promise<StepResult> {
  const missing = await missingImages(engine).catch((error: unknown) => {
    if (checkOnly) return [...FOUNDATIONS]; // there need not be an engine yet
    throw error;
  });
  if (missing.length === 0) return "ok";
  if (checkOnly) return "would change";
  await bringImages(engine, missing);
  return "changed";
}
