import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { MountedFiles } from "../host/config-volume.ts";
import { Job } from "../host/job.ts";
import type { Naming } from "../host/naming.ts";

/** A server that needs a certificate. */
export interface Leaf {
  /** Numeric user and group that may read the key. */
  readonly uid: number;
  /** DNS names and IPv4 addresses the certificate is for. */
  readonly names: readonly string[];
}

export interface CertificatesArgs<Service extends string> {
  readonly naming: Naming;
  /** Image ID of `components/certificates/image`. */
  readonly imageId: pulumi.Input<string>;
  /** Common name of the CA, as people see it in their trust store. */
  readonly commonName: string;
  readonly leaves: Readonly<Partial<Record<Service, Leaf>>>;
  /** Whether `pulumi destroy` must refuse to delete the CA. @default true */
  readonly protectData?: boolean;
}

/**
 * The stack's own certificate authority and a certificate for each server. Keys are made on the host and stay in
 * volumes; only the CA's certificate comes out.
 *
 * @stateful the CA's key lives in the child volume `<name>-ca`
 */
export class Certificates<Service extends string> extends pulumi.ComponentResource {
  /** The CA's certificate, PEM. */
  public readonly caCertificate: pulumi.Output<string>;
  private readonly volumes: Readonly<Partial<Record<Service, docker.Volume>>>;
  private readonly log: pulumi.Output<string>;

  public constructor(name: string, args: CertificatesArgs<Service>, opts?: pulumi.ComponentResourceOptions) {
    super("sso:certificates:Certificates", name, {}, opts);
    const { naming } = args;
    const leaves = Object.entries(args.leaves) as [Service, Leaf][];
    const ca = new docker.Volume(
      `${name}-ca`,
      { name: naming.of("ca") },
      { parent: this, protect: args.protectData ?? true },
    );
    const volumes = leaves.map(([service]): [Service, docker.Volume] => [
      service,
      new docker.Volume(`${name}-${service}`, { name: naming.of(`${service}-tls`) }, { parent: this }),
    ]);
    this.volumes = Object.fromEntries(volumes) as Partial<Record<Service, docker.Volume>>;
    const issuer = new Job(
      `${name}-issuer`,
      {
        naming,
        role: "certificates-issuer",
        imageId: args.imageId,
        command: [
          args.commonName,
          lastingUntil(new Date()),
          ...leaves.map(([service, leaf]) => `${service}:${leaf.uid}:${leaf.names.join(",")}`),
        ],
        volumes: {
          "/ca": ca.name,
          ...Object.fromEntries(volumes.map(([service, volume]) => [`/tls/${service}`, volume.name])),
        },
      },
      { parent: this },
    );
    this.log = issuer.log;
    this.caCertificate = this.log.apply(certificateIn);
    this.registerOutputs({ caCertificate: this.caCertificate });
  }

  /** `tls.key`, `tls.crt` and `ca.crt` of a service. */
  public filesOf(service: Service): MountedFiles {
    const volume = this.volumes[service];
    if (volume === undefined) throw new pulumi.ResourceError(`no certificate for ${service}`, this, true);
    return { volumeName: volume.name, revision: this.log.apply((log) => fingerprintIn(log, service)) };
  }
}

/**
 * The day until which certificates must last that are looked at now: it moves once a year, so that the first `up` of each
 * year renews what ends too soon, and nothing ends on a stack that is brought up once in 14 months.
 */
export function lastingUntil(now: Date): string {
  return `${String(now.getUTCFullYear() + 2)}-03-01`;
}

/** SHA-256 of a service's certificate, as the issuer printed it. */
export function fingerprintIn(log: string, service: string): string {
  const said = log.split("\n").find((line) => line.startsWith(`leaf ${service} `));
  const fingerprint = said?.split(" ")[2]?.trim();
  if (fingerprint === undefined)
    throw new Error(`the certificate issuer ended without one for ${service}; its log: ${log.slice(-500)}`);
  return fingerprint;
}

/** The PEM certificate that the issuer printed last. */
export function certificateIn(log: string): string {
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(log)?.[0];
  if (pem === undefined) {
    throw new Error(`the certificate issuer ended without a CA certificate; its log: ${log.slice(-500)}`);
  }
  return `${pem}\n`;
}
