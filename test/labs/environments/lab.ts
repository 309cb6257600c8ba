/**
 * An environment as its stack file says, under addresses and names of its own. Stand-ins are there only for what lies
 * outside: Pebble for the ACME server, a Postfix of our own for the smarthost, and a server that speaks GitHub's API.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as tls from "node:tls";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { Agent, fetch } from "undici";
import { readOutputs } from "../../../automation/outputs.ts";
import { POLICY_PACK } from "../../../automation/workspace.ts";
import { lastingUntil } from "../../../components/certificates/certificates.ts";
import { Naming } from "../../../components/host/naming.ts";
import { MAIL_SINK_UID } from "../../../components/mail-sink/mail-sink.ts";
import { missingSecrets } from "../../../components/settings/parse.ts";
import { placeholderSecrets } from "../../../components/settings/secrets.ts";
import { stackFilesIn } from "../../../components/settings/stack-file.ts";
import { eventually } from "../../eventually.ts";
import { startBeside } from "../../stack/beside.ts";
import { docker } from "../../stack/containers.ts";
import { engineAddress } from "../../stack/dns.ts";
import { GITHUB_HOST, GITHUB_PORT } from "../../stack/outside.ts";
import type { SharedStack } from "../../stack/shared.ts";
import { startStandIn } from "../../stack/stand-in.ts";
import {
  newThrowaway,
  openStackOf,
  removeThrowaway,
  type Throwaway,
  writeStackFile,
} from "../../stack/throwaway.ts";
import { exec, fillVolume } from "../engine.ts";

const PROJECT = path.resolve(import.meta.dirname, "../../..");

const PEBBLE_UID = 7050;
const SMARTHOST = { host: "smarthost.test", port: 1587, username: "relay" };
const SMARTHOST_PASSWORD = "canary4smarthost";

/** Who has an account at GitHub's stand-in, by login. */
const AT_GITHUB = {
  octavia: {
    user: { id: 1, login: "octavia", name: "Octavia Hill", email: null },
    emails: [{ email: "octavia@outside.test", primary: true, verified: true }],
  },
};

/** An environment: domains of its file that the lab has names of its own for, and where its mail goes. */
const ENVIRONMENTS = {
  production: {
    domains: ["example-id.org", "example.org"],
    smtp: { kind: "server", ...SMARTHOST },
  },
  staging: {
    domains: ["stg.example-id.org", "stg.example.org"],
    smtp: { kind: "sink", except: ["example.org"], through: SMARTHOST },
  },
} as const;

export type EnvironmentName = keyof typeof ENVIRONMENTS;

export class Environment {
  private readonly throwaway: Throwaway = newThrowaway();
  private readonly naming = new Naming(this.throwaway.name);
  private readonly gateway = engineAddress();
  private readonly port = 20_000 + (Number.parseInt(this.throwaway.name.slice(-4), 16) % 10_000) * 2;
  private readonly name: EnvironmentName;
  public stack: SharedStack | undefined;

  public constructor(name: EnvironmentName) {
    this.name = name;
  }

  /** Brings everything up. */
  public async start(): Promise<automation.Stack> {
    this.startPebble();
    const { name: stackName, folder } = this.throwaway;
    const own = this.settings();
    const missing = missingSecrets(stackName, own, stackFilesIn(PROJECT, "sso"));
    const secrets = placeholderSecrets(missing);
    const domain = `id.${stackName}-id.test`;
    writeStackFile(this.throwaway, {
      ...own,
      secrets: { ...secrets, smtp: { password: SMARTHOST_PASSWORD } },
    });
    const stack = await openStackOf(this.throwaway);
    const lines: string[] = [];
    const options = { policyPacks: [POLICY_PACK], onOutput: (text: string) => lines.push(text) };
    const { outputs } = await stack.up(options).catch((error: unknown) => {
      throw new Error(`${this.name} did not come up:\n${lines.join("")}`, { cause: error });
    });
    const view = readOutputs(stackName, outputs);
    const caFile = path.join(folder, "ca.pem");
    fs.writeFileSync(caFile, `${await this.publicRoot()}\n${view.caCertificate}`);
    this.stack = {
      ...this.throwaway,
      domain,
      view,
      caFile,
      aliasDomain: `people.${stackName}.test`,
      firstChanges: {},
    };
    await this.startSmarthost();
    await startStandIn(this.throwaway, {
      script: "github",
      image: "python",
      host: GITHUB_HOST,
      containerPort: GITHUB_PORT,
      port: GITHUB_PORT,
      environment: { PEOPLE: JSON.stringify(AT_GITHUB) },
    });
    return stack;
  }

  private settings(): Record<string, unknown> {
    const { name, address } = this.throwaway;
    const [identity, services] = ENVIRONMENTS[this.name].domains;
    const github = `https://${GITHUB_HOST}:${GITHUB_PORT}`;
    return {
      from: this.name,
      rename: { [identity]: `${name}-id.test`, [services]: `${name}.test` },
      host: { bindAddress: address, adminAddress: address },
      protect: false,
      postgres: { memoryMiB: 256 },
      openldap: { memoryMiB: 128 },
      keycloak: { memoryMiB: 704 },
      certificates: {
        directory: `https://${this.gateway}:${this.port}/dir`,
        serverCa: path.join(this.throwaway.folder, "pebble-ca.pem"),
      },
      dns: {
        nameServers: [{ name: `ns1.${name}-id.test`, addresses: [address] }, { name: "ns2.example.net" }],
      },
      smtp: ENVIRONMENTS[this.name].smtp,
      realms: [
        { name: "developers", identityProviders: [{ alias: "github", baseUrl: github, apiUrl: github }] },
      ],
    };
  }

  /** On the host's network, where it finds the stack's ports, and the stack finds it. */
  private startPebble(): void {
    const image = "sso-test/keeper-pebble";
    const certificates = "sso-test/keeper-certificates";
    docker("build", "--quiet", "--tag", image, path.join(PROJECT, "test/labs/certificates/image"));
    docker("build", "--quiet", "--tag", certificates, path.join(PROJECT, "components/certificates/image"));
    const [tlsVolume, config] = [this.naming.of("pebble-tls"), this.naming.of("pebble-config")];
    docker(
      ...["run", "--rm", "--network", "none", "--volume", `${this.naming.of("pebble-ca")}:/ca`],
      ...["--volume", `${tlsVolume}:/tls/pebble`, certificates],
      ...["environments' tests' CA", lastingUntil(new Date()), `pebble:${PEBBLE_UID}:${this.gateway}`],
    );
    fillVolume(config, image, PEBBLE_UID, {
      "pebble.json": JSON.stringify({
        pebble: {
          listenAddress: `${this.gateway}:${this.port}`,
          managementListenAddress: `${this.gateway}:${this.port + 1}`,
          certificate: "/etc/sso-tls/tls.crt",
          privateKey: "/etc/sso-tls/tls.key",
          httpPort: 80,
          tlsPort: 443,
          ocspResponderURL: "",
          externalAccountBindingRequired: false,
        },
      }),
    });
    const pebble = this.naming.of("pebble");
    docker(
      ...["run", "--detach", "--init", "--name", pebble, "--network", "host", "--read-only"],
      ...["--volume", `${config}:/etc/sso:ro`, "--volume", `${tlsVolume}:/etc/sso-tls:ro`],
      ...[image, "-dnsserver", `${this.throwaway.address}:53`],
    );
    const ca = exec(pebble, ["cat", "/etc/sso-tls/ca.crt"]);
    fs.writeFileSync(path.join(this.throwaway.folder, "pebble-ca.pem"), ca);
  }

  /** Certificate that Pebble's chains end at. */
  private async publicRoot(): Promise<string> {
    const ca = fs.readFileSync(path.join(this.throwaway.folder, "pebble-ca.pem"));
    const dispatcher = new Agent({ connect: { ca } });
    return (await fetch(`https://${this.gateway}:${this.port + 1}/roots/0`, { dispatcher })).text();
  }

  /** A Postfix that asks for a login and keeps what it gets, in the stack's network for mail. */
  private async startSmarthost(): Promise<void> {
    const image = "sso-test/environments-smarthost";
    docker("build", "--quiet", "--tag", image, path.join(PROJECT, "components/mail-sink/image"));
    const config = this.naming.of("smarthost-config");
    fillVolume(config, image, MAIL_SINK_UID, { [`password.${SMARTHOST.username}`]: SMARTHOST_PASSWORD });
    await startBeside(this.throwaway, {
      name: "smarthost",
      host: SMARTHOST.host,
      uid: MAIL_SINK_UID,
      image,
      options: [
        ...["--network", this.naming.of("mail"), "--network-alias", SMARTHOST.host],
        ...["--tmpfs", "/var/mail-sink", "--volume", `${config}:/etc/sso:ro`],
        ...["--volume", `${this.naming.of("smarthost-tls")}:/etc/sso-tls:ro`],
      ],
      command: [],
      probe: (container) => exec(container, ["healthcheck"]),
    });
  }

  /** Recipients of what went past the sink. */
  public delivered(): string[] {
    return this.recipientsAt("smarthost");
  }

  /** Recipients of what the sink has got. */
  public sunk(): string[] {
    return this.recipientsAt("mail-sink");
  }

  private recipientsAt(server: "smarthost" | "mail-sink"): string[] {
    const inbox = JSON.parse(exec(this.naming.of(server), ["inbox"])) as { readonly to: string }[];
    return inbox.map(({ to }) => to);
  }

  /** Who signed the certificate that people see, and for which names; waits until it is no longer the stack's own CA. */
  public async certificate(): Promise<{ readonly issuer: string; readonly names: readonly string[] }> {
    return eventually("nginx shows a certificate of Pebble's", async () => {
      const shown = await this.shown();
      return shown.issuer.startsWith("Pebble") && shown;
    });
  }

  private shown(): Promise<{ readonly issuer: string; readonly names: readonly string[] }> {
    return new Promise((resolve, reject) => {
      const servername = `id.${this.throwaway.name}-id.test`;
      const options = { host: this.throwaway.address, port: 443, servername, rejectUnauthorized: false };
      const socket = tls.connect(options, () => {
        const { issuer, subjectaltname = "" } = socket.getPeerCertificate();
        socket.end();
        const names = subjectaltname.split(", ").map((each) => each.replace("DNS:", ""));
        resolve({ issuer: String(issuer.CN), names: names.sort() });
      });
      socket.once("error", reject);
    });
  }

  public remove(): void {
    removeThrowaway(this.throwaway);
  }
}
