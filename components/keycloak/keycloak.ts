import type * as docker from "@pulumi/docker";
import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DatabaseEndpoint, IssuerEndpoint, UpstreamEndpoint } from "../endpoints.ts";
import { ConfigVolume, type MountedFiles } from "../host/config-volume.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";
import { type KeycloakLogLevel, renderKeycloakConf } from "./render.ts";
import type { Files } from "./theme/render.ts";

/** User and group of the server in its image. */
export const KEYCLOAK_UID = 7030;

/** Least memory Keycloak is run with, in MiB. */
const MIN_MEMORY_MIB = 512;

const PORT = 8443;
const ADMIN_CLIENT_ID = "pulumi";

export interface KeycloakArgs {
  readonly naming: Naming;
  /** Image ID of `components/keycloak/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly tls: MountedFiles;
  /** PEM of the CA that signed the server's certificate. */
  readonly caCertificate: pulumi.Input<string>;
  readonly database: DatabaseEndpoint;
  /** Public host name of the id site. */
  readonly domain: string;
  /** Where the operator's machine reaches the admin API: a loopback address of the host. */
  readonly adminAddress: string;
  readonly adminPort: number;
  /** Whether the admin console is on the public site, where nginx keeps it to some networks; else on the admin address. */
  readonly hasPublicConsole: boolean;
  /** Theme folders, by path below Keycloak's folder of themes. */
  readonly themes: Files;
  /** Memory limit in MiB, 512 or more. @default 704 */
  readonly memoryMiB?: number;
  /** @default "info" */
  readonly logLevel?: KeycloakLogLevel;
}

/**
 * One Keycloak in production mode, and a provider that configures it through its admin API. All it keeps is in
 * the database.
 *
 * @throws {pulumi.ResourceError} when `memoryMiB` is under 512
 */
export class Keycloak extends pulumi.ComponentResource {
  public readonly issuer: IssuerEndpoint;
  public readonly upstream: UpstreamEndpoint;
  /** Configures realms; waits for the server. */
  public readonly provider: keycloak.Provider;
  /** With it goes all that the provider made. */
  public readonly server: docker.Container;

  public constructor(name: string, args: KeycloakArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:keycloak:Keycloak", name, {}, opts);
    const memoryMiB = args.memoryMiB ?? 704;
    if (memoryMiB < MIN_MEMORY_MIB) {
      throw new pulumi.ResourceError(
        `memoryMiB must be ${MIN_MEMORY_MIB} or more, got ${memoryMiB}`,
        this,
        true,
      );
    }
    const adminUrl = `https://${args.adminAddress}:${args.adminPort}`;
    const publicUrl = `https://${args.domain}`;

    const bootstrap = new random.RandomPassword(
      `${name}-admin`,
      { length: 40, special: false },
      { parent: this },
    );
    const adminClientSecret = pulumi.secret(bootstrap.result);
    const { database } = args;
    const conf = pulumi
      .all([database.database, database.username, database.password, adminClientSecret])
      .apply(([databaseName, username, password, clientSecret]) =>
        renderKeycloakConf({
          publicUrl,
          consoleUrl: args.hasPublicConsole ? publicUrl : adminUrl,
          database: { host: database.host, port: database.port, name: databaseName, username, password },
          bootstrapClient: { id: ADMIN_CLIENT_ID, secret: clientSecret },
          logLevel: args.logLevel ?? "info",
        }),
      );
    const files = new ConfigVolume(
      `${name}-config`,
      {
        naming: args.naming,
        service: "keycloak",
        imageId: args.imageId,
        uid: KEYCLOAK_UID,
        files: {
          "keycloak.conf": pulumi.secret(conf),
          ...Object.fromEntries(
            Object.entries(args.themes).map(([file, content]) => [`themes/${file}`, content]),
          ),
        },
      },
      { parent: this },
    );
    this.server = new ServiceContainer(
      `${name}-server`,
      {
        naming: args.naming,
        service: "keycloak",
        imageId: args.imageId,
        uid: KEYCLOAK_UID,
        segments: args.segments,
        joins: ["identity", "data", "mail"],
        files,
        tls: args.tls,
        tmpfsMiB: { "/tmp": 64, "/opt/keycloak/data": 64 },
        ports: [{ address: args.adminAddress, hostPort: args.adminPort, containerPort: PORT }],
        memoryMiB,
        healthcheck: ["healthcheck"],
        readyTimeoutSec: 180,
        stopTimeoutSec: 30,
      },
      { parent: this },
    ).container;
    this.provider = new keycloak.Provider(
      `${name}-admin-api`,
      {
        url: adminUrl,
        realm: "master",
        clientId: ADMIN_CLIENT_ID,
        clientSecret: adminClientSecret,
        rootCaCertificate: args.caCertificate,
        // Making a 4,096-bit key can outlast the default of 5 s, and several realms at once take a busy host over a minute.
        clientTimeout: 180,
      },
      { parent: this, dependsOn: this.server },
    );
    this.issuer = { publicUrl, adminUrl, adminClientId: ADMIN_CLIENT_ID, adminClientSecret };
    this.upstream = { host: "keycloak", port: PORT };
    this.registerOutputs({ issuer: this.issuer, upstream: this.upstream });
  }
}
