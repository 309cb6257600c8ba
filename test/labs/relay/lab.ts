/** A relay with a directory, a smarthost and clients of its own, on a network of their own. */
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  ADMIN_ACCOUNT,
  passwordFile,
  renderRefresh,
  renderSlapdConfig,
  renderTree,
  SERVICE_ACCOUNTS,
  serviceAccountDn,
} from "../../../components/openldap/render.ts";
import { type QueuedMessage, readQueue } from "../../../automation/mail-queue.ts";
import { lastingUntil } from "../../../components/certificates/certificates.ts";
import { POSTFIX_CAPABILITIES } from "../../../components/postfix/postfix.ts";
import {
  type MainCfArgs,
  renderAliasLookup,
  renderBounces,
  renderClients,
  renderDirectoryTunnel,
  renderMainCf,
  renderMasterCf,
  renderOpendkimConf,
  renderSaslConf,
  renderSmarthostLogin,
  renderSrsArguments,
} from "../../../components/postfix/render.ts";
import { type Conversation, RELAY_PORT } from "./conversation.ts";
import { PUBLIC_CERTIFICATE_UID } from "../../../components/public-certificate/public-certificate.ts";
import { eventually } from "../../eventually.ts";
import { docker, logOf } from "../../stack/containers.ts";
import { exec, execBeside, fillVolume, ready, removeAll } from "../engine.ts";
import { SEED, SUFFIX } from "./people.ts";

export const ALIAS_DOMAIN = "alias.test";
export const HOSTNAME = "mx.alias.test";
export const SENDER_DOMAIN = "id.test";
export const PASSWORD = "canary4relay";
export const SMARTHOST = { host: "smarthost", port: 1587 };
const SMARTHOST_LOGIN = { username: "relay", password: "canary4smarthost" };

/** Last number of each client's addresses; only the listed one's are in the relay's list. */
const CLIENTS = { listed: 16, unlisted: 32 } as const;

export type Client = keyof typeof CLIENTS;

/** A message as the smarthost got it. */
export interface Delivered {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** Messages of a load that is ended at once, and of one that nothing ends, all of which the smarthost's memory holds. */
const LOAD = { least: 1500, most: 20_000 } as const;

/** What became of a load of messages. */
export interface Load {
  /** Subjects of the messages that the relay acknowledged. */
  readonly acknowledged: readonly string[];
  /** Of the others, what went wrong with each. */
  readonly failures: readonly string[];
  /** Certificates that the relay showed, PEM, each once. */
  readonly certificates: readonly string[];
}

/** Servers with a certificate, and who may read its key. */
const SERVERS = { postfix: 0, openldap: 7020, smarthost: 7050 } as const;

type Server = keyof typeof SERVERS;

/** What tells that a server is ready. */
const PROBES: Readonly<Record<Server, readonly string[]>> = {
  openldap: ["healthcheck"],
  smarthost: ["bash", "-c", ": </dev/tcp/127.0.0.1/1587"],
  postfix: ["healthcheck"],
};

/** What a lab has beside the usual. */
export interface LabOptions {
  /** Addresses of the host that port 25 is published on, as URLs have them. @default not published */
  readonly publishedOn?: readonly string[];
  /** Networks that are listed besides. @default none */
  readonly listed?: readonly string[];
  /** Mounts a volume for the certificate that the public sees; `showPublicly` fills it. @default false */
  readonly hasPublicTls?: boolean;
}

export class Lab {
  private readonly options: LabOptions;
  private readonly prefix = `relay-test-${process.pid}`;
  private readonly net4 = `10.${100 + (process.pid % 100)}.${process.pid % 250}.`;
  private readonly net6 = `fd00:5e1a:0:${(process.pid % 0xffff).toString(16)}::`;

  /** The engine's own address on the lab's network, by which what it passes on comes. */
  public readonly gateway = `${this.net4}1`;

  /** Relay's own address on the lab's network. */
  public readonly relay = { ipv4: `${this.net4}8`, ipv6: `${this.net6}8` };

  /** Public half of the key that it signs with, PEM; known once it has started. */
  public dkimKey = "";

  public constructor(options: LabOptions = {}) {
    this.options = options;
  }

  public of(role: string): string {
    return `${this.prefix}-${role}`;
  }

  /** Brings everything up and waits until it serves. */
  public async start(settings: Partial<MainCfArgs> = {}): Promise<void> {
    for (const image of ["postfix", "openldap", "certificates"]) build(image, `components/${image}/image`);
    build("python", "test/labs/relay/image");
    docker(
      ...["network", "create", "--ipv6", "--subnet", `${this.net4}0/24`, "--subnet", `${this.net6}/64`],
      this.of("net"),
    );
    this.issue("ca", Object.keys(SERVERS) as Server[]);
    fillVolume(this.of("openldap-config"), imageOf("openldap"), SERVERS.openldap, directoryFiles());
    this.run("openldap", "openldap", {
      uid: SERVERS.openldap,
      tmpfs: "/run/slapd",
      options: ["--volume", `${this.of("openldap-data")}:/var/lib/ldap`],
    });
    this.run("smarthost", "python", {
      uid: SERVERS.smarthost,
      tmpfs: "/tmp",
      options: [
        ...["--env", `LOGIN_USERNAME=${SMARTHOST_LOGIN.username}`],
        ...["--env", `LOGIN_PASSWORD=${SMARTHOST_LOGIN.password}`, "--entrypoint", "python3"],
      ],
      command: ["-u", "-c", script("smarthost.py")],
    });
    this.dkimKey = docker(
      ...["run", "--rm", "--network", "none", "--volume", `${this.of("dkim")}:/var/lib/dkim`],
      ...["--entrypoint", "dkim-key", imageOf("postfix")],
    );
    this.startPostfix(settings);
    for (const client of Object.keys(CLIENTS) as Client[]) this.startClient(client);
    for (const server of Object.keys(SERVERS) as Server[]) await this.ready(server);
  }

  public async ready(server: Server): Promise<void> {
    await ready(this.of(server), PROBES[server]);
  }

  public async restart(server: Server): Promise<void> {
    docker("restart", "--time", "5", this.of(server));
    await this.ready(server);
  }

  public remove(): void {
    removeAll(this.prefix);
  }

  /** Restarts the relay with more lines in `main.cf`; the last one of a name counts. */
  public async reconfigure(lines: string): Promise<void> {
    const { "main.cf": mainCf = "" } = this.relayFiles({});
    fillVolume(this.of("postfix-config"), imageOf("postfix"), SERVERS.postfix, {
      "main.cf": `${mainCf}${lines}\n`,
    });
    await this.restart("postfix");
  }

  /** Puts a second Postfix in the place of the smarthost, which takes mail after the same login and drops it. */
  public async dropAtSmarthost(): Promise<void> {
    const { "main.cf": mainCf = "", ...files } = this.relayFiles({});
    const dropping = [
      "relayhost =",
      "default_transport = discard:",
      "virtual_alias_maps =",
      "sender_canonical_maps =",
    ];
    docker("rm", "--force", this.of("smarthost"));
    fillVolume(this.of("smarthost-config"), imageOf("postfix"), SERVERS.postfix, {
      ...files,
      "main.cf": `${mainCf}${dropping.join("\n")}\n`,
      [`password.${SMARTHOST_LOGIN.username}`]: SMARTHOST_LOGIN.password,
    });
    // The smarthost's key is of another user.
    this.runPostfix("smarthost", ["--cap-add", "CAP_DAC_OVERRIDE"]);
    await ready(this.of("smarthost"), PROBES.postfix);
  }

  /** The relay as `Postfix` runs it: see ServiceContainer. */
  private startPostfix(settings: Partial<MainCfArgs>): void {
    fillVolume(this.of("postfix-config"), imageOf("postfix"), SERVERS.postfix, this.relayFiles(settings));
    const { publishedOn = [], hasPublicTls } = this.options;
    this.runPostfix("postfix", [
      ...["--ip", this.relay.ipv4, "--ip6", this.relay.ipv6],
      ...publishedOn.flatMap((address) => ["--publish", `${address}:25:${RELAY_PORT}`]),
      ...(hasPublicTls === true
        ? [
            "--volume",
            `${this.of("public-tls")}:/etc/sso-public-tls:ro`,
            "--group-add",
            String(PUBLIC_CERTIFICATE_UID),
          ]
        : []),
    ]);
  }

  private runPostfix(role: "postfix" | "smarthost", options: readonly string[]): void {
    this.run(role, "postfix", {
      uid: SERVERS.postfix,
      tmpfs: "/run/sso",
      options: [
        ...options,
        ...POSTFIX_CAPABILITIES.flatMap((capability) => ["--cap-add", capability]),
        ...["--volume", `${this.of(`${role}-queue`)}:/var/spool/postfix`],
        ...["--volume", `${this.of("dkim")}:/var/lib/dkim`],
      ],
    });
  }

  private relayFiles(settings: Partial<MainCfArgs>): Record<string, string> {
    const aliasDomains = [ALIAS_DOMAIN];
    return {
      "main.cf": renderMainCf({
        ...{ aliasDomains, smarthost: SMARTHOST, smarthostLogin: true },
        ...{
          hostname: HOSTNAME,
          postmaster: "operators@people.test",
          plusAddressing: true,
          maxMessageMiB: 1,
          messagesPerMinute: 100_000,
        },
        ...settings,
      }),
      "master.cf": renderMasterCf({ domain: "id.test" }),
      "clients.cidr": renderClients([
        `${this.net4}${CLIENTS.listed}/32`,
        `${this.net6}${CLIENTS.listed}/128`,
        ...(this.options.listed ?? []),
      ]),
      "bounces.regexp": renderBounces(),
      "aliases.cf": renderAliasLookup({
        aliasDomains,
        directory: {
          baseDn: SUFFIX,
          bindDn: serviceAccountDn("postfix", SUFFIX),
        },
        bindPassword: PASSWORD,
      }),
      "directory.conf": renderDirectoryTunnel({ url: "ldaps://openldap:1636" }),
      "smarthost.login": renderSmarthostLogin(SMARTHOST, SMARTHOST_LOGIN.username, SMARTHOST_LOGIN.password),
      "sasl/smtpd.conf": renderSaslConf(),
      "opendkim.conf": renderOpendkimConf({ domains: [SENDER_DOMAIN, HOSTNAME], selector: "sso" }),
      "srs.args": renderSrsArguments({ domain: ALIAS_DOMAIN, ownDomains: [ALIAS_DOMAIN, SENDER_DOMAIN] }),
      "srs.secret": "canary4srs",
      "password.keycloak": PASSWORD,
    };
  }

  private startClient(client: Client): void {
    const last = CLIENTS[client];
    this.run(client, "python", {
      uid: SERVERS.smarthost,
      tls: "smarthost",
      tmpfs: "/tmp",
      options: ["--ip", `${this.net4}${last}`, "--ip6", `${this.net6}${last}`, "--entrypoint", "sleep"],
      command: ["infinity"],
    });
  }

  /** Has a CA sign certificates for servers, or for another name; they use them from their next start on. */
  public issue(ca: string, servers: readonly Server[], name?: string): void {
    docker(
      ...["run", "--rm", "--network", "none", "--volume", `${this.of(ca)}:/ca`],
      ...servers.flatMap((server) => ["--volume", `${this.of(`${server}-tls`)}:/tls/${name ?? server}`]),
      ...[imageOf("certificates"), `relay tests' ${ca}`, lastingUntil(new Date())],
      ...servers.map((server) => `${name ?? server}:${SERVERS[server]}:${name ?? server}`),
    );
  }

  /** Has a CA of this name sign what the public sees from now on, as the keeper of the public certificate puts it there. */
  public showPublicly(ca: string): void {
    const folder = this.of(`${ca}-pair`);
    docker(
      ...[
        "run",
        "--rm",
        "--network",
        "none",
        "--volume",
        `${this.of(ca)}:/ca`,
        "--volume",
        `${folder}:/tls/postfix`,
      ],
      ...[
        imageOf("certificates"),
        ca,
        lastingUntil(new Date()),
        `postfix:${PUBLIC_CERTIFICATE_UID}:${HOSTNAME}`,
      ],
    );
    const publish = `cp -r /pair /out/${ca} && chown -R ${PUBLIC_CERTIFICATE_UID}:${PUBLIC_CERTIFICATE_UID} /out && chmod -R u=rX,g=rX,o= /out && ln -s ${ca} /out/next && mv -T /out/next /out/current`;
    docker(
      ...[
        "run",
        "--rm",
        "--network",
        "none",
        "--volume",
        `${folder}:/pair:ro`,
        "--volume",
        `${this.of("public-tls")}:/out`,
      ],
      ...["--entrypoint", "sh", imageOf("certificates"), "-ec", publish],
    );
  }

  private run(
    role: string,
    image: string,
    container: {
      readonly uid: number;
      readonly tmpfs: string;
      /** Server whose certificate it has. @default itself */
      readonly tls?: string;
      readonly options?: readonly string[];
      readonly command?: readonly string[];
    },
  ): void {
    const { uid } = container;
    docker(
      ...["run", "--detach", "--init", "--name", this.of(role), "--hostname", role],
      ...["--network", this.of("net"), "--network-alias", role, "--user", `${uid}:${uid}`],
      ...["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true"],
      ...["--tmpfs", `${container.tmpfs}:rw,nosuid,nodev,size=128m,mode=0700,uid=${uid},gid=${uid}`],
      ...["--volume", `${this.of(`${role}-config`)}:/etc/sso:ro`, "--ulimit", "nofile=16384"],
      ...["--volume", `${this.of(`${container.tls ?? role}-tls`)}:/etc/sso-tls:ro`],
      ...(container.options ?? []),
      ...[imageOf(image), ...(container.command ?? [])],
    );
  }

  /** Holds conversations with the relay, one after the other; gives each one's replies, the greeting first. */
  public talk(client: Client, conversations: readonly Conversation[]): string[][] {
    const input = JSON.stringify(conversations.map((each) => ({ host: this.relay.ipv4, ...each })));
    return JSON.parse(exec(this.of(client), ["python3", "-c", script("client.py")], input)) as string[][];
  }

  /** Who has signed the certificate that a port of the relay shows. */
  public issuerAt(port: number): string {
    return new X509Certificate(this.python("shown.py", { host: this.relay.ipv4, port }) as string).issuer;
  }

  /** Sends numbered messages to an alias by several sessions at once, until the load is ended; see load.py. */
  public load(prefix: string): { readonly end: () => Promise<Load> } {
    const order = {
      ...{ host: this.relay.ipv4, port: RELAY_PORT, prefix, sessions: 8, ...LOAD },
      ...{ from: "jira@atlassian.test", to: "ada@alias.test" },
    };
    const command = ["python3", "-c", script("load.py")];
    const load = execBeside(this.of("listed"), command, `${JSON.stringify(order)}\n`);
    return { end: async () => JSON.parse(await load.end()) as Load };
  }

  /** What the smarthost has got since it started. */
  public delivered(): Delivered[] {
    const list =
      "import glob, json; print(json.dumps([json.load(open(f)) for f in glob.glob('/tmp/mail/*')]))";
    return JSON.parse(exec(this.of("smarthost"), ["python3", "-c", list])) as Delivered[];
  }

  /** The message of this subject, once the smarthost has it. */
  public async arrival(subject: string): Promise<Delivered> {
    return eventually(`${subject} at the smarthost`, () =>
      this.delivered().find(({ content }) => content.includes(`\r\nSubject: ${subject}\r\n`)),
    );
  }

  public log(role: string): string {
    return logOf(this.of(role));
  }

  /** Runs a script of this folder with JSON in and out. */
  public python(file: string, input: unknown): unknown {
    return JSON.parse(exec(this.of("listed"), ["python3", "-c", script(file)], JSON.stringify(input)));
  }

  /** Messages in the relay's queue. */
  public queue(): QueuedMessage[] {
    return readQueue(exec(this.of("postfix"), ["queue"]));
  }
}

function build(image: string, context: string): void {
  docker("build", "--quiet", "--tag", imageOf(image), context);
}

function imageOf(service: string): string {
  return `sso-test/relay-${service}`;
}

function script(file: string): string {
  return fs.readFileSync(path.join(import.meta.dirname, file), "utf8");
}

function directoryFiles(): Record<string, string> {
  const accounts = [ADMIN_ACCOUNT, ...SERVICE_ACCOUNTS] as const;
  return {
    "slapd.ldif": renderSlapdConfig({ suffix: SUFFIX, uid: SERVERS.openldap }),
    "tree.ldif": renderTree(SUFFIX),
    "refresh.ldif": renderRefresh(SUFFIX),
    "seed.ldif": SEED,
    ...Object.fromEntries(accounts.map((account) => [passwordFile(account), PASSWORD])),
  };
}
