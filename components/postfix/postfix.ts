import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { LdapEndpoint, PublicTlsEndpoint, SmtpEndpoint } from "../endpoints.ts";
import { ConfigVolume, type MountedFiles } from "../host/config-volume.ts";
import { type FileContent, Job } from "../host/job.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";
import {
  RELAY_PORT,
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
  SUBMISSION_PORT,
} from "./render.ts";
import { verifyRefusal } from "./verification.ts";

/** User and group of the container; its daemons have users of their own (see the image). */
export const POSTFIX_UID = 0;

/**
 * What Postfix's master needs beside being root: it starts its daemons as another user, and ends them. It needs no
 * right over other users' files.
 */
export const POSTFIX_CAPABILITIES = ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"];

/** Services of the stack that submit mail; each has a password of its own. */
const SUBMITTERS = ["keycloak"] as const;

export type Submitter = (typeof SUBMITTERS)[number];

/** Where the signing key stands in DNS: below `sso._domainkey`. */
const DKIM_SELECTOR = "sso";

/** Least memory in MiB: up to 100 SMTP sessions, 2 MiB each that is not shared, and the daemons. */
const MIN_MEMORY_MIB = 128;

export interface PostfixArgs {
  readonly naming: Naming;
  /** Image ID of `components/postfix/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly tls: MountedFiles;
  /** What senders outside see. @default `tls` */
  readonly publicTls?: PublicTlsEndpoint;
  /** Name in the greeting, under which the aliases' domains name it as their MX. */
  readonly hostname: string;
  /** Domains of the aliases, one or more; the first one is that of rewritten senders (SRS) too. */
  readonly aliasDomains: readonly string[];
  /** Who gets the mail to `postmaster` and `abuse` of the aliases' domains. */
  readonly postmaster: string;
  /** The identity domain. */
  readonly domain: string;
  /** Domains of the stack's own senders. */
  readonly senderDomains: readonly string[];
  /** Domains whose mail is signed: the senders' and the relay's own. */
  readonly signedDomains: readonly string[];
  /** Directory in which aliases are looked up. */
  readonly directory: LdapEndpoint;
  /** Where all mail goes. */
  readonly smarthost: SmtpEndpoint;
  /** Domains, exactly these, whose mail goes somewhere else. @default none */
  readonly exceptions?: { readonly domains: readonly string[]; readonly smarthost: SmtpEndpoint };
  /** Networks that may send mail to aliases, as `192.0.2.0/24`; nobody else may. */
  readonly senderNetworks: readonly string[];
  /** Addresses of the host that it takes mail on. */
  readonly bindAddresses: readonly string[];
  /** Port of those addresses. */
  readonly port: number;
  /** Whether `ada+anything@DOMAIN` reaches who has `ada@DOMAIN`. @default false */
  readonly plusAddressing?: boolean;
  /** Largest message in MiB. @default 25 */
  readonly maxMessageMiB?: number;
  /** Most messages, and most recipients, of one client address in a minute. @default 1200 */
  readonly messagesPerMinute?: number;
  /** Memory limit in MiB, 128 or more. @default 256 */
  readonly memoryMiB?: number;
  /** Whether `pulumi destroy` must refuse to delete the queue and the signing key. @default true */
  readonly protectData?: boolean;
}

/**
 * A Postfix that only relays: mail of listed networks to aliases, mail of the stack's own services to anywhere, and
 * all of it out through one smarthost.
 *
 * @stateful accepted mail lives in the child volume `<name>-queue`, the signing key in `<name>-dkim`
 * @throws {pulumi.ResourceError} when `memoryMiB` is under 128
 */
export class Postfix extends pulumi.ComponentResource {
  /** What DNS must say: the MX of the aliases' domains, and the public half of the signing key. */
  public readonly outputs: {
    readonly hostname: string;
    readonly dkim: { readonly selector: string; readonly publicKeyPem: pulumi.Output<string> };
  };
  private readonly passwords: Readonly<Record<Submitter, pulumi.Output<string>>>;

  public constructor(name: string, args: PostfixArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:postfix:Postfix", name, {}, opts);
    const { naming, imageId } = args;
    const memoryMiB = args.memoryMiB ?? 256;
    if (memoryMiB < MIN_MEMORY_MIB) {
      throw new pulumi.ResourceError(
        `memoryMiB must be ${MIN_MEMORY_MIB} or more, got ${memoryMiB}`,
        this,
        true,
      );
    }
    const password = (role: string): pulumi.Output<string> =>
      pulumi.secret(
        new random.RandomPassword(`${name}-${role}`, { length: 32, special: false }, { parent: this }).result,
      );
    const volume = (role: string): docker.Volume =>
      new docker.Volume(
        `${name}-${role}`,
        { name: naming.of(`postfix-${role}`) },
        { parent: this, protect: args.protectData ?? true },
      );
    this.passwords = { keycloak: password("keycloak") };
    const queue = volume("queue");
    const dkim = volume("dkim");
    const key = new Job(
      `${name}-dkim-key`,
      {
        naming,
        role: "postfix-dkim-key",
        imageId,
        entrypoint: ["dkim-key"],
        command: [],
        volumes: { "/var/lib/dkim": dkim.name },
      },
      { parent: this },
    );
    const files = new ConfigVolume(
      `${name}-config`,
      {
        ...{ naming, imageId },
        service: "postfix",
        uid: POSTFIX_UID,
        files: configuration(args, this.passwords, password("srs")),
      },
      { parent: this },
    );
    const server = new ServiceContainer(
      `${name}-server`,
      {
        ...{ naming, imageId, files, memoryMiB },
        service: "postfix",
        uid: POSTFIX_UID,
        segments: args.segments,
        joins: ["edge", "mail", "data"],
        tls: args.tls,
        data: { "/var/spool/postfix": queue.name, "/var/lib/dkim": dkim.name },
        tmpfsMiB: { "/run/sso": 16 },
        ports: args.bindAddresses.map((address) => ({
          ...{ address, hostPort: args.port },
          containerPort: RELAY_PORT,
        })),
        capabilities: POSTFIX_CAPABILITIES,
        healthcheck: ["healthcheck"],
        after: [key], // without it the server does not start
        ...(args.publicTls === undefined ? {} : { publicTls: args.publicTls }),
      },
      { parent: this },
    );
    for (const address of args.bindAddresses) verifyRefusal(address, args.port, server.container);
    const publicKeyPem = key.log.apply(publicKeyIn);
    this.outputs = { hostname: args.hostname, dkim: { selector: DKIM_SELECTOR, publicKeyPem } };
    this.registerOutputs(this.outputs);
  }

  /** What a service of the stack submits its mail with. */
  public endpointFor(service: Submitter): SmtpEndpoint {
    return {
      host: "postfix",
      port: SUBMISSION_PORT,
      login: { username: service, password: this.passwords[service] },
    };
  }
}

/** Files of `/etc/sso`. */
function configuration(
  args: PostfixArgs,
  passwords: Readonly<Record<Submitter, pulumi.Output<string>>>,
  srsSecret: pulumi.Output<string>,
): Record<string, FileContent> {
  const { domain, aliasDomains, senderDomains, directory, smarthost, exceptions } = args;
  const [srsDomain] = aliasDomains;
  if (srsDomain === undefined) throw new pulumi.RunError("aliasDomains: a relay needs at least one");
  const logins = [smarthost, ...(exceptions === undefined ? [] : [exceptions.smarthost])].flatMap((server) =>
    server.login === undefined ? [] : [{ ...server, login: server.login }],
  );
  return {
    "main.cf": renderMainCf({
      hostname: args.hostname,
      aliasDomains,
      postmaster: args.postmaster,
      smarthost,
      smarthostLogin: logins.length > 0,
      ...(exceptions === undefined ? {} : { exceptions }),
      plusAddressing: args.plusAddressing ?? false,
      maxMessageMiB: args.maxMessageMiB ?? 25,
      messagesPerMinute: args.messagesPerMinute ?? 1200,
    }),
    "master.cf": renderMasterCf({ domain }),
    "clients.cidr": renderClients(args.senderNetworks),
    "bounces.regexp": renderBounces(),
    "aliases.cf": directory.bindPassword.apply((bindPassword) =>
      renderAliasLookup({ aliasDomains, directory, bindPassword }),
    ),
    "directory.conf": renderDirectoryTunnel(directory),
    ...(logins.length === 0
      ? {}
      : {
          "smarthost.login": pulumi
            .all(logins.map(({ login }) => pulumi.secret(login.password)))
            .apply((passwords) =>
              logins
                .map((server, at) => renderSmarthostLogin(server, server.login.username, passwords[at] ?? ""))
                .join(""),
            ),
        }),
    "sasl/smtpd.conf": renderSaslConf(),
    "opendkim.conf": renderOpendkimConf({ domains: args.signedDomains, selector: DKIM_SELECTOR }),
    "srs.args": renderSrsArguments({ domain: srsDomain, ownDomains: [...aliasDomains, ...senderDomains] }),
    "srs.secret": srsSecret,
    ...Object.fromEntries(SUBMITTERS.map((service) => [`password.${service}`, passwords[service]])),
  };
}

/** The PEM public key that `dkim-key` printed. */
export function publicKeyIn(log: string): string {
  const pem = /-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/.exec(log)?.[0];
  if (pem === undefined) throw new Error(`dkim-key ended without a public key; its log: ${log.slice(-500)}`);
  return `${pem}\n`;
}
