import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { PublicTlsEndpoint } from "../endpoints.ts";
import type { MountedFiles } from "./config-volume.ts";
import type { Naming } from "./naming.ts";
import type { Segment, Segments } from "./segments.ts";

/** Most processes and threads of a service's user, over all stacks of the host (setrlimit(2)). */
const PROCESS_LIMIT = 4096;

/** Seconds between two checks of a service that is healthy. */
const HEALTHY_PAUSE_SEC = 9;

/** A port on the host. */
export interface PublishedPort {
  /** Address of the host to listen on. */
  readonly address: string;
  readonly hostPort: number;
  readonly containerPort: number;
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
}

export interface ServiceContainerArgs {
  readonly naming: Naming;
  /** Name of the service: its host name and network alias. */
  readonly service: string;
  /** Image ID (`sha256:…`), never a tag: a rebuilt image must replace the container. */
  readonly imageId: pulumi.Input<string>;
  /** Numeric user and group the process runs as. */
  readonly uid: number;
  readonly segments: Segments;
  /** Networks to join, the first one first. */
  readonly joins: readonly Segment[];
  /** Mounted read-only at `/etc/sso`. @default none */
  readonly files?: MountedFiles;
  /** Key, certificate and CA, mounted read-only at `/etc/sso-tls`. @default none */
  readonly tls?: MountedFiles;
  /** Mounted read-only at `/etc/sso-public-tls`, where the public sees another certificate. @default none */
  readonly publicTls?: PublicTlsEndpoint;
  /** Arguments of the image's entrypoint. @default the image's own */
  readonly command?: readonly string[];
  /** Volumes by mount point, read-only. @default none */
  readonly shared?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Folders of the host by mount point, read-only. @default none */
  readonly hostFolders?: Readonly<Record<string, string>>;
  /** What must be there before it starts. @default nothing but what its arguments name */
  readonly after?: readonly pulumi.Resource[];
  /** Data volumes by mount point. @default none */
  readonly data?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Size in MiB of each writable in-memory folder. @default none */
  readonly tmpfsMiB?: Readonly<Record<string, number>>;
  /** @default none */
  readonly ports?: readonly PublishedPort[];
  /** Hard memory limit in MiB; swap is not used. */
  readonly memoryMiB: number;
  /** Capabilities that the service cannot do without, such as `CAP_SETUID`. @default none */
  readonly capabilities?: readonly string[];
  /** Command that exits 0 while the service can serve. */
  readonly healthcheck: readonly string[];
  /** Seconds the service may take to become healthy before the update fails. @default 60 */
  readonly readyTimeoutSec?: number;
  /** Seconds between the stop signal and the kill. @default 10 */
  readonly stopTimeoutSec?: number;
}

/**
 * A running service, as small a target as Docker allows: read-only root, no capabilities but those named, no new
 * privileges, a user of its own, limits on memory, processes and logs. Resolves once it is healthy.
 */
export class ServiceContainer extends pulumi.ComponentResource {
  public readonly container: docker.Container;

  public constructor(name: string, args: ServiceContainerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:host:ServiceContainer", name, {}, opts);
    const readyTimeoutSec = args.readyTimeoutSec ?? 60;
    this.container = new docker.Container(
      `${name}-container`,
      {
        name: args.naming.of(args.service),
        image: args.imageId,
        hostname: args.service,
        user: `${args.uid}:${args.uid}`,
        readOnly: true,
        tmpfs: tmpfsOf(args),
        mounts: mountsOf(args),
        ...(args.command === undefined ? {} : { command: [...args.command] }),
        ...(args.publicTls === undefined ? {} : { groupAdds: [String(args.publicTls.gid)] }),
        capabilities: {
          drops: ["ALL"],
          ...(args.capabilities === undefined ? {} : { adds: [...args.capabilities] }),
        },
        securityOpts: ["no-new-privileges:true"],
        networksAdvanced: args.joins.map((segment) => ({
          name: args.segments.networkName(segment),
          aliases: [args.service],
        })),
        ports: (args.ports ?? []).map((port) => ({
          ip: port.address,
          external: port.hostPort,
          internal: port.containerPort,
          protocol: port.protocol ?? "tcp",
        })),
        // A change of the files replaces the container: it carries their revision.
        labels: [
          ...(args.files === undefined ? [] : [{ label: "sso.config", value: args.files.revision }]),
          ...(args.tls === undefined ? [] : [{ label: "sso.tls", value: args.tls.revision }]),
        ],
        memory: args.memoryMiB,
        memorySwap: args.memoryMiB,
        ulimits: [
          { name: "nofile", soft: 16384, hard: 16384 },
          { name: "nproc", soft: PROCESS_LIMIT, hard: PROCESS_LIMIT },
        ],
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        restart: "unless-stopped",
        init: true,
        stopTimeout: args.stopTimeoutSec ?? 10,
        destroyGraceSeconds: args.stopTimeoutSec ?? 10,
        healthcheck: {
          tests: ["CMD-SHELL", unhurried(args.healthcheck)],
          interval: "1s",
          timeout: `${HEALTHY_PAUSE_SEC + 5}s`,
          retries: 10,
          startPeriod: `${readyTimeoutSec}s`, // a check that fails while it starts says nothing
        },
        wait: true,
        waitTimeout: readyTimeoutSec,
      },
      // One name, one set of ports and one data volume: old and new cannot run side by side.
      { parent: this, deleteBeforeReplace: true, dependsOn: [...(args.after ?? [])] },
    );
    this.registerOutputs({});
  }
}

/**
 * The check, after a pause once the service is healthy: what starts is seen to be ready within a second, and what
 * runs is left alone. Docker knows two intervals only from version 25 on. A container's `/dev/shm` is its own,
 * writable, and empty after a restart.
 */
function unhurried(check: readonly string[]): string {
  const mark = "/dev/shm/healthy";
  return `[ ! -e ${mark} ] || sleep ${HEALTHY_PAUSE_SEC}; if ${check.join(" ")}; then : > ${mark}; else rm -f ${mark}; exit 1; fi`;
}

function tmpfsOf(args: ServiceContainerArgs): Record<string, string> {
  const folders = Object.entries(args.tmpfsMiB ?? {});
  return Object.fromEntries(
    folders.map(([folder, sizeMiB]) => [
      folder,
      `rw,nosuid,nodev,size=${sizeMiB}m,mode=0700,uid=${args.uid},gid=${args.uid}`,
    ]),
  );
}

function mountsOf(args: ServiceContainerArgs): docker.types.input.ContainerMount[] {
  const volumes = (
    sources: Readonly<Record<string, pulumi.Input<string>>>,
    readOnly: boolean,
  ): docker.types.input.ContainerMount[] =>
    Object.entries(sources).map(([target, source]) => ({ type: "volume", source, target, readOnly }));
  return [
    ...volumes(args.files === undefined ? {} : { "/etc/sso": args.files.volumeName }, true),
    ...volumes(args.tls === undefined ? {} : { "/etc/sso-tls": args.tls.volumeName }, true),
    ...volumes(
      args.publicTls === undefined ? {} : { "/etc/sso-public-tls": args.publicTls.volumeName },
      true,
    ),
    ...volumes(args.shared ?? {}, true),
    ...Object.entries(args.hostFolders ?? {}).map(([target, source]) => ({
      ...{ type: "bind", source, target },
      readOnly: true,
    })),
    ...volumes(args.data ?? {}, false),
  ];
}
