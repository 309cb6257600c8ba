import { execFileSync, spawnSync } from "node:child_process";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import { Naming } from "../../components/host/naming.ts";
import { docker } from "./containers.ts";
import { ALIAS_DOMAIN, dnsSettings, SECONDARY_KEY } from "./dns.ts";
import { brokerSettings, CLIENT_SECRET, UBUNTU_ONE_HOST } from "./outside.ts";
import { COMMUNITY, SERVICE_SETTINGS } from "./services.ts";

/** Directory suffix of test stacks. */
export const SUFFIX = "dc=community,dc=test";

/** Most attempts of a client address in a minute, half of them at once: enough for all tests together. */
export const LOGINS_PER_MINUTE = 600;

const PROJECT = path.resolve(import.meta.dirname, "../..");

/** How the pages of its realm look: as in the README's pictures, which are made of it. */
export const THEME = {
  primaryColour: "#0f766e",
  links: [
    { label: "Wiki", url: "https://wiki.community.test/" },
    { label: "Issues", url: "https://issues.community.test/" },
    { label: "Code review", url: "https://review.community.test/" },
  ],
  footer: "One account for all services, run by volunteers.",
  support: "mailto:help@community.test",
  announcement:
    '<strong>Maintenance</strong> on Sunday: <a href="https://status.community.test/">details</a>',
} as const;

/**
 * A stack of the real program on the real engine that leaves nothing behind: a name, an address of the loopback
 * range and a state of its own, so that runs beside each other do not collide.
 */
export interface Throwaway {
  readonly name: string;
  /** Loopback address that all its ports are published on. */
  readonly address: string;
  /** Address of this machine's own that its public ports are published on as well, while the stack is there. */
  readonly address6: string;
  readonly domain: string;
  /** Holds its state, its CA and whatever tests write. */
  readonly folder: string;
}

export function newThrowaway(): Throwaway {
  const [a = 0, b = 0, c = 0] = crypto.randomBytes(3);
  const suffix = Buffer.from([a, b, c]).toString("hex");
  const name = `test-${suffix}`;
  const address6 = `fd53:534f:${suffix.slice(0, 4)}:${suffix.slice(4)}01::1`.replaceAll(
    /:0+(?=[0-9a-f])/g,
    ":",
  );
  execFileSync("ip", ["-6", "address", "add", `${address6}/128`, "dev", "lo", "nodad"]);
  return {
    ...{ name, address6 },
    address: `127.${64 + (a % 64)}.${b}.${1 + (c % 254)}`,
    domain: `id.${name}.test`,
    folder: fs.mkdtempSync(path.join(os.tmpdir(), "sso-")),
  };
}

/** Network outside the stack whose hosts its settings let in (of RFC 6598's range, as no neighbour uses it). */
export function knownNetworkOf({ address }: Throwaway): string {
  const [, second = "", third = ""] = address.split(".");
  return `100.${second}.${third}.0/24`;
}

/** What its stack file says: a realm of each kind under its own names, and whatever `overrides` say. */
export function settingsOf(
  throwaway: Throwaway,
  overrides: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    domain: throwaway.domain,
    host: {
      bindAddress: throwaway.address,
      bindAddress6: throwaway.address6,
      adminAddress: throwaway.address,
    },
    protect: false,
    openldap: { suffix: SUFFIX, seed: "components/openldap/seeds/dev.ldif" },
    dns: dnsSettings(throwaway),
    realms: [
      {
        kind: "directory",
        name: COMMUNITY,
        displayName: "Community",
        registration: true,
        aliasDomain: ALIAS_DOMAIN,
        theme: THEME,
        ...SERVICE_SETTINGS,
      },
      brokerSettings(throwaway),
    ],
    relay: {
      hostname: `mx.${ALIAS_DOMAIN}`,
      postmaster: "operators@people.test",
      senders: { extra: [knownNetworkOf(throwaway)] },
      mtaSts: "testing",
    },
    nginx: {
      shortLinks: { jira: "https://community.atlassian.test/login" },
      files: { "atlassian-domain-verification.html": "<p>ours</p>" },
      adminNetworks: [knownNetworkOf(throwaway)],
      loginsPerMinute: LOGINS_PER_MINUTE,
    },
    simplesamlphp: { encryptAssertions: true, privateHosts: [UBUNTU_ONE_HOST] },
    secrets: {
      developers: { github: CLIENT_SECRET, campus: CLIENT_SECRET },
      dns: { [SECONDARY_KEY.name]: SECONDARY_KEY.secret },
    },
    ...overrides,
  };
}

/** Environment that keeps its state out of the clone. */
export function environmentOf(throwaway: Throwaway): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${throwaway.folder}`,
    PULUMI_CONFIG_PASSPHRASE: throwaway.name,
    PULUMI_CONFIG_PASSPHRASE_FILE: "",
  };
}

/** Says what the stack shall be; what Pulumi itself keeps in the file stays. */
export function writeStackFile(throwaway: Throwaway, settings: Readonly<Record<string, unknown>>): void {
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`sso:${key}`, value]));
  const written = fs.existsSync(stackFileOf(throwaway))
    ? (parse(fs.readFileSync(stackFileOf(throwaway), "utf8")) as object)
    : {};
  fs.writeFileSync(stackFileOf(throwaway), stringify({ ...written, config }));
}

/** Opens it with the stack file as it is. */
export async function openStackOf(throwaway: Throwaway): Promise<automation.Stack> {
  return automation.LocalWorkspace.createOrSelectStack(
    { stackName: throwaway.name, workDir: PROJECT },
    { envVars: environmentOf(throwaway) },
  );
}

export function stackFileOf(throwaway: Throwaway): string {
  return path.join(PROJECT, `Pulumi.${throwaway.name}.yaml`);
}

/** How Docker lists what a stack may leave, by name, and removes it: in this order. */
const LISTS = [
  { list: ["ps", "--all", "--format", "{{.Names}}"], remove: ["rm", "--force", "--volumes"] },
  { list: ["network", "ls", "--format", "{{.Name}}"], remove: ["network", "rm"] },
  { list: ["volume", "ls", "--format", "{{.Name}}"], remove: ["volume", "rm"] },
  { list: ["images", "--format", "{{.Repository}}:{{.Tag}}"], remove: ["rmi", "--force"] },
] as const;

function namesOf({ name }: Throwaway, list: readonly string[]): string[] {
  const { prefix } = new Naming(name);
  return docker(...list)
    .split("\n")
    .filter((each) => each.startsWith(prefix));
}

/** What of the stack is on the host: containers, networks, volumes and image tags, by their names. */
export function leftoversOf(throwaway: Throwaway): string[] {
  return LISTS.flatMap(({ list }) => namesOf(throwaway, list));
}

/** Removes whatever is left of it, in any state it may be in. */
export function removeThrowaway(throwaway: Throwaway): void {
  for (const { list, remove } of LISTS) {
    const names = namesOf(throwaway, list);
    if (names.length > 0) docker(...remove, ...names);
  }
  spawnSync("ip", ["-6", "address", "delete", `${throwaway.address6}/128`, "dev", "lo"]); // once is enough
  fs.rmSync(stackFileOf(throwaway), { force: true });
  fs.rmSync(path.join(PROJECT, ".state", `${throwaway.name}.ca.pem`), { force: true });
  fs.rmSync(throwaway.folder, { recursive: true, force: true });
}
