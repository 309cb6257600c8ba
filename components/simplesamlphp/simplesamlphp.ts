import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { certificateIn } from "../certificates/certificates.ts";
import type { ShimEndpoint, UpstreamEndpoint } from "../endpoints.ts";
import { ConfigVolume, type MountedFiles } from "../host/config-volume.ts";
import { Job } from "../host/job.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";
import {
  renderAuthSources,
  renderIdentityProvider,
  renderShimConfig,
  SHIM_DATA,
  type ShimConfigArgs,
  shimEntityId,
  shimSingleSignOnUrl,
} from "./render.ts";

/** User and group of the server in its image. */
export const SIMPLESAMLPHP_UID = 7070;

const PORT = 8443;

export interface SimpleSamlPhpArgs extends ShimConfigArgs {
  readonly naming: Naming;
  /** Image ID of `components/simplesamlphp/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly tls: MountedFiles;
  /** Memory limit in MiB. @default 96 */
  readonly memoryMiB?: number;
}

/**
 * The shim: a SAML identity provider towards Keycloak that logs people in by OpenID 2.0 and 1.1. Its key is made on the
 * host and stays in its volume beside sessions and nonces, none of which an account depends on.
 */
export class SimpleSamlPhp extends pulumi.ComponentResource {
  public readonly endpoint: ShimEndpoint;
  public readonly upstream: UpstreamEndpoint;

  public constructor(name: string, args: SimpleSamlPhpArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:simplesamlphp:SimpleSamlPhp", name, {}, opts);
    const data = new docker.Volume(
      `${name}-data`,
      { name: args.naming.of("simplesamlphp-data") },
      { parent: this },
    );
    const key = new Job(
      `${name}-key`,
      {
        naming: args.naming,
        role: "simplesamlphp-key",
        imageId: args.imageId,
        entrypoint: ["make-key"],
        command: [String(SIMPLESAMLPHP_UID)],
        volumes: { [SHIM_DATA]: data.name },
      },
      { parent: this },
    );
    const files = new ConfigVolume(
      `${name}-config`,
      {
        naming: args.naming,
        service: "simplesamlphp",
        imageId: args.imageId,
        uid: SIMPLESAMLPHP_UID,
        files: {
          "config.php": renderShimConfig(args),
          "authsources.php": renderAuthSources(args),
          "metadata/saml20-idp-hosted.php": renderIdentityProvider(args),
        },
      },
      { parent: this },
    );
    new ServiceContainer(
      `${name}-server`,
      {
        naming: args.naming,
        service: "simplesamlphp",
        imageId: args.imageId,
        uid: SIMPLESAMLPHP_UID,
        segments: args.segments,
        joins: ["identity"],
        files,
        tls: args.tls,
        // The volume has what the job made before anything is served.
        data: { [SHIM_DATA]: pulumi.all([data.name, key.revision]).apply(([volume]) => volume) },
        tmpfsMiB: { "/tmp": 16 },
        memoryMiB: args.memoryMiB ?? 96,
        healthcheck: ["healthcheck"],
      },
      { parent: this },
    );
    this.endpoint = {
      entityId: shimEntityId(args.domain),
      singleSignOnUrl: shimSingleSignOnUrl(args.domain),
      signingCertificate: key.log.apply(certificateIn),
      encryptsAssertions: args.encryptAssertions,
    };
    this.upstream = { host: "simplesamlphp", port: PORT };
    this.registerOutputs({ endpoint: this.endpoint, upstream: this.upstream });
  }
}
