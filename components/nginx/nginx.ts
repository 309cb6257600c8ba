import * as pulumi from "@pulumi/pulumi";
import type { PublicTlsEndpoint } from "../endpoints.ts";
import { ConfigVolume, type MountedFiles } from "../host/config-volume.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";
import { ownFiles } from "./files.ts";
import { CHALLENGES, type NginxConfArgs, renderNginxConf } from "./render.ts";

/** User and group of the server in its image. */
export const NGINX_UID = 7040;

export interface NginxArgs extends NginxConfArgs {
  readonly naming: Naming;
  /** Image ID of `components/nginx/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly tls: MountedFiles;
  /** What people see. @default `tls` */
  readonly publicTls?: PublicTlsEndpoint;
  /** Addresses of the host that ports 80 and 443 are published on. */
  readonly bindAddresses: readonly string[];
  /** Memory limit in MiB. @default 64 */
  readonly memoryMiB?: number;
}

/** The stack's only public web server: TLS, redirects, and Keycloak's public paths. */
export class Nginx extends pulumi.ComponentResource {
  /** Base URL of the id site without a trailing slash. */
  public readonly url: string;

  public constructor(name: string, args: NginxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:nginx:Nginx", name, {}, opts);
    const files = new ConfigVolume(
      `${name}-config`,
      {
        naming: args.naming,
        service: "nginx",
        imageId: args.imageId,
        uid: NGINX_UID,
        files: {
          "nginx.conf": renderNginxConf({ ...args, hasPublicCertificate: args.publicTls !== undefined }),
          ...ownFiles([{ domain: args.domain, files: args.files }, ...args.fileSites]),
        },
      },
      { parent: this },
    );
    new ServiceContainer(
      `${name}-server`,
      {
        naming: args.naming,
        service: "nginx",
        imageId: args.imageId,
        uid: NGINX_UID,
        segments: args.segments,
        joins: ["edge", "identity"],
        files,
        tls: args.tls,
        ...(args.publicTls === undefined
          ? {}
          : { publicTls: args.publicTls, shared: { [CHALLENGES]: args.publicTls.challengesVolumeName } }),
        tmpfsMiB: { "/tmp": 64 },
        ports: args.bindAddresses.flatMap((address) => [
          { address, hostPort: 80, containerPort: 8080 },
          { address, hostPort: 443, containerPort: 8443 },
        ]),
        memoryMiB: args.memoryMiB ?? 64,
        healthcheck: ["healthcheck"],
      },
      { parent: this },
    );
    this.url = `https://${args.domain}`;
    this.registerOutputs({ url: this.url });
  }
}
