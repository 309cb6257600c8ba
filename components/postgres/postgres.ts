import * as docker from "@pulumi/docker";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DatabaseEndpoint } from "../endpoints.ts";
import { ConfigVolume, type MountedFiles } from "../host/config-volume.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";
import { MIN_MEMORY_MIB, renderPgHbaConf, renderPostgresqlConf } from "./render.ts";

/** User and group of the server in its image. */
export const POSTGRES_UID = 7010;

const PORT = 5432;

export interface PostgresArgs {
  readonly naming: Naming;
  /** Image ID of `components/postgres/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly tls: MountedFiles;
  /** Where the operator's machine reaches the server: a loopback address of the host. */
  readonly adminAddress: string;
  readonly adminPort: number;
  /** Memory limit in MiB, 128 or more. @default 256 */
  readonly memoryMiB?: number;
  /** Whether `pulumi destroy` must refuse to delete the databases. @default true */
  readonly protectData?: boolean;
}

/**
 * One PostgreSQL server with TLS and SCRAM only, its data volume, and databases on demand.
 *
 * @stateful all databases live in the child volume `<name>-data`
 * @throws {pulumi.ResourceError} when `memoryMiB` is under 128
 */
export class Postgres extends pulumi.ComponentResource {
  private readonly name: string;
  private readonly server: docker.Container;
  private readonly provider: postgresql.Provider;
  private readonly protectData: boolean;

  public constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:postgres:Postgres", name, {}, opts);
    this.name = name;
    this.protectData = args.protectData ?? true;
    const memoryMiB = args.memoryMiB ?? 256;
    if (memoryMiB < MIN_MEMORY_MIB) {
      throw new pulumi.ResourceError(
        `memoryMiB must be ${MIN_MEMORY_MIB} or more, got ${memoryMiB}`,
        this,
        true,
      );
    }

    const superuser = new random.RandomPassword(
      `${name}-superuser`,
      { length: 32, special: false },
      { parent: this },
    );
    const password = pulumi.secret(superuser.result);
    const data = new docker.Volume(
      `${name}-data`,
      { name: args.naming.of("postgres-data") },
      { parent: this, protect: this.protectData },
    );
    const files = new ConfigVolume(
      `${name}-config`,
      {
        naming: args.naming,
        service: "postgres",
        imageId: args.imageId,
        uid: POSTGRES_UID,
        files: {
          "postgresql.conf": renderPostgresqlConf(memoryMiB),
          "pg_hba.conf": renderPgHbaConf(),
          "superuser-password": password,
        },
      },
      { parent: this },
    );
    this.server = new ServiceContainer(
      `${name}-server`,
      {
        naming: args.naming,
        service: "postgres",
        imageId: args.imageId,
        uid: POSTGRES_UID,
        segments: args.segments,
        joins: ["data", "admin"],
        files,
        tls: args.tls,
        data: { "/var/lib/postgresql/data": data.name },
        tmpfsMiB: { "/run/postgresql": 1, "/tmp": 16 },
        ports: [{ address: args.adminAddress, hostPort: args.adminPort, containerPort: PORT }],
        memoryMiB,
        healthcheck: ["pg_isready", "--quiet", "--host=/run/postgresql"],
        stopTimeoutSec: 30,
      },
      { parent: this },
    ).container;
    this.provider = new postgresql.Provider(
      `${name}-admin`,
      {
        host: args.adminAddress,
        port: args.adminPort,
        username: "postgres",
        password,
        // Encrypted, and SCRAM never shows the password to the other side; the address is the host's own loopback.
        sslmode: "require",
        connectTimeout: 10,
      },
      { parent: this, dependsOn: this.server },
    );
    this.registerOutputs({});
  }

  /**
   * A database and the role that owns it, both called `database`, with a generated password.
   *
   * @stateful
   */
  public addDatabase(database: string): DatabaseEndpoint {
    const child = `${this.name}-${database}`;
    const options = { parent: this, provider: this.provider, deletedWith: this.server };
    const password = new random.RandomPassword(
      `${child}-password`,
      { length: 32, special: false },
      { parent: this },
    );
    const role = new postgresql.Role(
      `${child}-role`,
      { name: database, login: true, password: pulumi.secret(password.result) },
      options,
    );
    const made = new postgresql.Database(
      `${child}-database`,
      {
        name: database,
        owner: role.name,
        encoding: "UTF8",
        template: "template0",
        lcCollate: "C",
        lcCtype: "C.UTF-8",
      },
      { ...options, protect: this.protectData },
    );
    return {
      host: "postgres",
      port: PORT,
      database: made.name,
      username: role.name,
      password: pulumi.secret(password.result),
    };
  }
}
