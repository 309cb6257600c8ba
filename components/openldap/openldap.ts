import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { LdapEndpoint } from "../endpoints.ts";
import { ConfigVolume, type MountedFiles } from "../host/config-volume.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";
import {
  ADMIN_ACCOUNT,
  passwordFile,
  renderRefresh,
  renderSlapdConfig,
  renderTree,
  SERVICE_ACCOUNTS,
  serviceAccountDn,
  type PasswordPolicy,
  type ServiceAccount,
} from "./render.ts";

/** User and group of the server in its image. */
export const OPENLDAP_UID = 7020;

/** Least memory slapd is run with, in MiB: hashing a password takes 7 MiB for each login at once. */
const MIN_MEMORY_MIB = 128;

const PORT = 1636; // above 1023: slapd needs no capability to bind it

export interface OpenLdapArgs {
  readonly naming: Naming;
  /** Image ID of `components/openldap/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly tls: MountedFiles;
  /** Directory suffix, such as `dc=example,dc=org`. */
  readonly suffix: string;
  /** LDIF of entries that an empty directory starts with; plain passwords in it are hashed. @default none */
  readonly seedLdif?: string;
  /** What a new password must be. @default 12 characters, 5 remembered, 20 failures lock for 15 minutes */
  readonly passwordPolicy?: PasswordPolicy;
  /** Memory limit in MiB, 128 or more. @default 128 */
  readonly memoryMiB?: number;
  /** Whether `pulumi destroy` must refuse to delete the entries. @default true */
  readonly protectData?: boolean;
}

/**
 * One slapd server on LDAPS, its data volume, and a service account for each of its clients.
 *
 * @stateful all entries live in the child volume `<name>-data`
 * @throws {pulumi.ResourceError} when `memoryMiB` is under 128
 */
export class OpenLdap extends pulumi.ComponentResource {
  private readonly suffix: string;
  private readonly passwords: Readonly<Record<ServiceAccount | typeof ADMIN_ACCOUNT, pulumi.Output<string>>>;

  public constructor(name: string, args: OpenLdapArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:openldap:OpenLdap", name, {}, opts);
    const memoryMiB = args.memoryMiB ?? MIN_MEMORY_MIB;
    if (memoryMiB < MIN_MEMORY_MIB) {
      throw new pulumi.ResourceError(
        `memoryMiB must be ${MIN_MEMORY_MIB} or more, got ${memoryMiB}`,
        this,
        true,
      );
    }
    this.suffix = args.suffix;
    const password = (account: string): pulumi.Output<string> =>
      pulumi.secret(
        new random.RandomPassword(`${name}-${account}`, { length: 32, special: false }, { parent: this })
          .result,
      );
    this.passwords = {
      admin: password(ADMIN_ACCOUNT),
      keycloak: password("keycloak"),
      postfix: password("postfix"),
    };
    const data = new docker.Volume(
      `${name}-data`,
      { name: args.naming.of("openldap-data") },
      { parent: this, protect: args.protectData ?? true },
    );
    const files = new ConfigVolume(
      `${name}-config`,
      {
        naming: args.naming,
        service: "openldap",
        imageId: args.imageId,
        uid: OPENLDAP_UID,
        files: {
          "slapd.ldif": renderSlapdConfig({ suffix: args.suffix, uid: OPENLDAP_UID }),
          "tree.ldif": renderTree(args.suffix),
          "refresh.ldif": renderRefresh(args.suffix, args.passwordPolicy),
          ...(args.seedLdif === undefined ? {} : { "seed.ldif": args.seedLdif }),
          ...Object.fromEntries(
            ([ADMIN_ACCOUNT, ...SERVICE_ACCOUNTS] as const).map((account) => [
              passwordFile(account),
              this.passwords[account],
            ]),
          ),
        },
      },
      { parent: this },
    );
    new ServiceContainer(
      `${name}-server`,
      {
        naming: args.naming,
        service: "openldap",
        imageId: args.imageId,
        uid: OPENLDAP_UID,
        segments: args.segments,
        joins: ["data"],
        files,
        tls: args.tls,
        data: { "/var/lib/ldap": data.name },
        tmpfsMiB: { "/run/slapd": 8 },
        memoryMiB,
        healthcheck: ["healthcheck"],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }

  /** What a client binds with: its own account, which may do what that client needs and no more. */
  public endpointFor(account: ServiceAccount): LdapEndpoint {
    return {
      url: `ldaps://openldap:${PORT}`,
      baseDn: this.suffix,
      bindDn: serviceAccountDn(account, this.suffix),
      bindPassword: this.passwords[account],
    };
  }
}
