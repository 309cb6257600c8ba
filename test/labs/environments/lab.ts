/**
 * An environment as its stack file says, under addresses and names of its own. Stand-ins are there only for what lies
 * outside: Pebble for the ACME server, a small server for the smarthost, names of nobody for identity providers.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as tls from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { Agent, fetch } from "undici";
import { readOutputs } from "../../../automation/outputs.ts";
import { Naming } from "../../../components/host/naming.ts";
import { missingSecrets } from "../../../components/settings/parse.ts";
import { placeholderSecrets } from "../../../components/settings/secrets.ts";
import { stackFilesIn } from "../../../components/settings/stack-file.ts";
import { startBeside } from "../../stack/beside.ts";
import { docker } from "../../stack/containers.ts";
import { engineAddress } from "../../stack/dns.ts";
import type { SharedStack } from "../../stack/shared.ts";
import {
  newThrowaway,
  openStackOf,
  removeThrowaway,
  type Throwaway,
  writeStackFile,
} from "../../stack/throwaway.ts";
import { exec, fillVolume } from "../engine.ts";

const PROJECT = path.resolve(import.meta.dirname, "../../..");

const UID = 7050;
const SMARTHOST = { host: "smarthost.test", port: 1587, username: "relay" };
const SMARTHOST_PASSWORD = "canary4smarthost";

/** Host name of a GitHub that is none. */
export const GITHUB_HOST = "github.outside.test";

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
    const { outputs } = await stack.up({ onOutput: (text) => lines.push(text) }).catch((error: unknown) => {
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
    return stack;
  }

  private settings(): Record<string, unknown> {
    const { name, address } = this.throwaway;
    const [identity, services] = ENVIRONMENTS[this.name].domains;
    const github = `https://${GITHUB_HOST}`;
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
      ...["environments' tests' CA", `pebble:${UID}:${this.gateway}`],
    );
    fillVolume(config, image, UID, {
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

  private async startSmarthost(): Promise<void> {
    const image = "sso-test/relay-python";
    docker("build", "--quiet", "--tag", image, path.join(PROJECT, "test/labs/relay/image"));
    const script = fs.readFileSync(path.join(PROJECT, "test/labs/relay/smarthost.py"), "utf8");
    await startBeside(this.throwaway, {
      name: "smarthost",
      host: SMARTHOST.host,
      uid: UID,
      image,
      options: [
        ...["--network", this.naming.of("mail"), "--network-alias", SMARTHOST.host, "--tmpfs", "/tmp"],
        ...["--env", `LOGIN_USERNAME=${SMARTHOST.username}`, "--env", `LOGIN_PASSWORD=${SMARTHOST_PASSWORD}`],
        ...["--entrypoint", "python3"],
      ],
      command: ["-u", "-c", script.replaceAll("/etc/sso-tls", "/tls")],
      probe: (container) =>
        Promise.resolve().then(() =>
          exec(container, ["bash", "-c", `: </dev/tcp/127.0.0.1/${SMARTHOST.port}`]),
        ),
    });
  }

  /** Who went past the sink: recipients of what the smarthost has got. */
  public delivered(): string[] {
    const list =
      "import glob, json; print(json.dumps([a for f in glob.glob('/tmp/mail/*') for a in json.load(open(f))['to']]))";
    return JSON.parse(exec(this.naming.of("smarthost"), ["python3", "-c", list])) as string[];
  }

  /** Recipients of what the sink has got. */
  public sunk(): string[] {
    const inbox = JSON.parse(exec(this.naming.of("mail-sink"), ["inbox"])) as { readonly to: string }[];
    return inbox.map(({ to }) => to);
  }

  /** Who signed the certificate that people see, and for which names; waits until it is no longer the stack's own CA. */
  public async certificate(): Promise<{ readonly issuer: string; readonly names: readonly string[] }> {
    for (const end = Date.now() + 30_000; ;) {
      const shown = await this.shown();
      if (shown.issuer.startsWith("Pebble") || Date.now() > end) return shown;
      await sleep(500);
    }
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
