import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type FileContent, Job } from "./job.ts";
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
  /** Content by path relative to the volume, such as `nginx.conf` or `themes/a/theme.properties`. */
  readonly files: Readonly<Record<string, FileContent>>;
}

const STAGE = "/stage";
const TARGET = "/files";

/**
 * Rendered and secret files for a read-only container: a volume that a short-lived loader fills, each file 0400,
 * each folder 0500, and owned by the service's user. Docker refuses uploads into a read-only container, and
 * environment variables would show in `docker inspect`.
 */
export class ConfigVolume extends pulumi.ComponentResource implements MountedFiles {
  public readonly volumeName: pulumi.Output<string>;
  public readonly revision: pulumi.Output<string>;

  public constructor(name: string, args: ConfigVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:host:ConfigVolume", name, {}, opts);
    const role = `${args.service}-config`;
    const volume = new docker.Volume(`${name}-volume`, { name: args.naming.of(role) }, { parent: this });
    const loader = new Job(
      `${name}-loader`,
      {
        naming: args.naming,
        role: `${role}-loader`,
        imageId: args.imageId,
        entrypoint: ["sh", "-ec"],
        command: [loaderScript(args.uid)],
        volumes: { [TARGET]: volume.name },
        files: Object.fromEntries(
          Object.entries(args.files).map(([file, content]) => [`${STAGE}/${file}`, content]),
        ),
      },
      { parent: this },
    );
    this.volumeName = volume.name;
    this.revision = loader.revision;
    this.registerOutputs({ volumeName: this.volumeName, revision: this.revision });
  }
}

/** Replaces what the volume held, then leaves no copy behind in the loader itself. */
function loaderScript(uid: number): string {
  return [
    `find ${TARGET} -mindepth 1 -delete`,
    `cp -R ${STAGE}/. ${TARGET}/`,
    `chown -R ${uid}:${uid} ${TARGET}`,
    `chmod -R u=rX,go= ${TARGET}`,
    `rm -rf ${STAGE}/*`,
  ].join(" && ");
}
