import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Naming } from "./naming.ts";

/** Files that a container mounts read-only; `revision` changes when their content does. */
export interface MountedFiles {
  readonly volumeName: pulumi.Output<string>;
  readonly revision: pulumi.Output<string>;
}

export interface ConfigVolumeArgs {
  readonly naming: Naming;
  /** Service that mounts the files; part of the volume's name. */
  readonly service: string;
  /** An image with `sh`, `cp` and `chown`, by ID; the service's own will do. */
  readonly imageId: pulumi.Input<string>;
  /** Numeric user and group that may read the files. */
  readonly uid: number;
  /** Content by file name. */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
}

const STAGE = "/stage";
const TARGET = "/files";

/**
 * Rendered and secret files for a read-only container: a volume that a short-lived loader fills, each file 0400
 * and owned by the service's user. Docker refuses uploads into a read-only container, and environment variables
 * would show in `docker inspect`.
 */
export class ConfigVolume extends pulumi.ComponentResource implements MountedFiles {
  public readonly volumeName: pulumi.Output<string>;
  public readonly revision: pulumi.Output<string>;

  public constructor(name: string, args: ConfigVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:host:ConfigVolume", name, {}, opts);
    const role = `${args.service}-config`;
    const volume = new docker.Volume(`${name}-volume`, { name: args.naming.of(role) }, { parent: this });
    const loader = new docker.Container(
      `${name}-loader`,
      {
        name: args.naming.of(`${role}-loader`),
        image: args.imageId,
        user: "0:0",
        entrypoints: ["sh", "-ec"],
        command: [loaderScript(args.uid)],
        uploads: Object.entries(args.files).map(([file, content]) => ({
          file: `${STAGE}/${file}`,
          content,
          permissions: "0400",
        })),
        mounts: [{ type: "volume", source: volume.name, target: TARGET }],
        networkMode: "none",
        capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"] },
        securityOpts: ["no-new-privileges:true"],
        memory: 64,
        attach: true,
        logs: true,
        mustRun: false,
        restart: "no",
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.volumeName = volume.name;
    // The exit code makes users of the volume wait for the loader to end.
    this.revision = pulumi.interpolate`${loader.id}:${loader.exitCode}`;
    this.registerOutputs({ volumeName: this.volumeName, revision: this.revision });
  }
}

/** Replaces what the volume held, then leaves no copy behind in the loader itself. */
function loaderScript(uid: number): string {
  return [
    `find ${TARGET} -mindepth 1 -delete`,
    `cp ${STAGE}/* ${TARGET}/`,
    `chmod 0400 ${TARGET}/*`,
    `chown -R ${uid}:${uid} ${TARGET}`,
    `chmod 0500 ${TARGET}`,
    `rm -rf ${STAGE}/*`,
  ].join(" && ");
}
