import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { DnsUpdateEndpoint, PublicTlsEndpoint } from "../endpoints.ts";
import { ConfigVolume } from "../host/config-volume.ts";
import type { FileContent } from "../host/job.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";
import {
  type AcmeArgs,
  CHALLENGES,
  renderLegoArgs,
  renderLegoEnvironment,
  renderNames,
  settlingSec,
  TSIG_SECRET,
} from "./render.ts";

/** User and group of the keeper in its image; whoever reads the certificate's key is of this group. */
export const PUBLIC_CERTIFICATE_UID = 7090;

/** Seconds that an ACME server may take at the first `up`, besides the wait for name servers. */
const READY_TIMEOUT_SEC = 180;

/** Where a certificate comes from. */
export type CertificateSource =
  | ({
      readonly kind: "acme";
      /** PEM of who signed the ACME server's own certificate. @default the public certificate authorities */
      readonly serverCa?: string;
      /** Takes the answers to DNS-01. @default HTTP-01, which nginx answers */
      readonly dns?: DnsUpdateEndpoint;
    } & AcmeArgs)
  | {
      readonly kind: "given";
      /** Folder of the host with `tls.crt` (full chain) and `tls.key`. */
      readonly folder: string;
    };

export interface PublicCertificateArgs {
  readonly naming: Naming;
  /** Whether `pulumi destroy` must refuse to delete the ACME account and the certificates. @default true */
  readonly protectData?: boolean;
}

export interface KeeperArgs {
  /** Image ID of `components/public-certificate/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly source: CertificateSource;
  /** Host names that the certificate is for, the most important one first. */
  readonly names: readonly string[];
  /** What must run before: the server that answers challenges. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * A certificate that everybody trusts, for the stack's public names. Servers start without it, since one of them
 * answers the challenge by which it is obtained; they take it up, and each newer one, by themselves. Its key is made
 * on the host, or brought there, and stays there.
 *
 * @stateful the ACME account and the keys live in the child volumes `<name>-account` and `<name>-tls`
 */
export class PublicCertificate extends pulumi.ComponentResource {
  /** For servers. */
  public readonly endpoint: PublicTlsEndpoint;
  private readonly name: string;
  private readonly naming: Naming;
  private readonly account: docker.Volume;

  public constructor(name: string, args: PublicCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:public-certificate:PublicCertificate", name, {}, opts);
    this.name = name;
    this.naming = args.naming;
    const volume = (role: string, protect: boolean): docker.Volume =>
      new docker.Volume(
        `${name}-${role}`,
        { name: args.naming.of(`${name}-${role}`) },
        { parent: this, protect },
      );
    this.account = volume("account", args.protectData ?? true);
    this.endpoint = {
      volumeName: volume("tls", args.protectData ?? true).name,
      challengesVolumeName: volume("challenges", false).name,
      gid: PUBLIC_CERTIFICATE_UID,
    };
    this.registerOutputs({});
  }

  /** Obtains the certificate and renews it from then on; resolves once there is one. */
  public keep({ source, names, after, ...container }: KeeperArgs): void {
    const { naming } = this;
    const dns = source.kind === "acme" ? source.dns : undefined;
    const waitSec = dns === undefined ? 0 : names.length * settlingSec(dns);
    const files = new ConfigVolume(
      `${this.name}-config`,
      {
        naming,
        service: this.name,
        imageId: container.imageId,
        uid: PUBLIC_CERTIFICATE_UID,
        files: { names: renderNames(names), ...filesOf(source) },
      },
      { parent: this },
    );
    new ServiceContainer(
      `${this.name}-keeper`,
      {
        ...container,
        naming,
        service: this.name,
        uid: PUBLIC_CERTIFICATE_UID,
        joins: ["edge"],
        files,
        command: [source.kind],
        data: {
          "/var/lib/public-tls": this.endpoint.volumeName,
          ...(source.kind === "acme"
            ? { "/var/lib/acme": this.account.name, [CHALLENGES]: this.endpoint.challengesVolumeName }
            : {}),
        },
        ...(source.kind === "given" ? { hostFolders: { "/given": source.folder } } : {}),
        tmpfsMiB: { "/tmp": 4 },
        memoryMiB: 64,
        healthcheck: ["healthcheck"],
        readyTimeoutSec: READY_TIMEOUT_SEC + waitSec,
        after,
      },
      { parent: this },
    );
  }
}

function filesOf(source: CertificateSource): Record<string, FileContent> {
  if (source.kind === "given") return {};
  const { dns, serverCa } = source;
  return {
    "lego.args": renderLegoArgs(source),
    ...(dns === undefined
      ? {}
      : { "lego.env": renderLegoEnvironment(dns), [TSIG_SECRET]: pulumi.secret(dns.secret) }),
    ...(serverCa === undefined ? {} : { "ca.crt": serverCa }),
  };
}
