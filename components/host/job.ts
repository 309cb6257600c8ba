import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Naming } from "./naming.ts";

/** Text, or the bytes of a file that is none. */
export type FileContent = pulumi.Input<string> | Uint8Array;

export interface JobArgs {
  readonly naming: Naming;
  /** What the container is called after the stack's prefix. */
  readonly role: string;
  readonly imageId: pulumi.Input<string>;
  /** @default the image's own */
  readonly entrypoint?: readonly string[];
  readonly command: readonly string[];
  /** Volumes by mount point, writable. */
  readonly volumes: Readonly<Record<string, pulumi.Input<string>>>;
  /** Files put into the container before it starts, 0400 and root's, by path. @default none */
  readonly files?: Readonly<Record<string, FileContent>>;
  /** Name of the network it joins. @default none */
  readonly network?: pulumi.Input<string>;
}

/** What it takes to hand files on a volume to their owners. */
const FILE_RIGHTS = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"];

/**
 * Most open files, and processes of its user over all stacks of the host (setrlimit(2)). The latter binds where the engine
 * maps root to another user; elsewhere it is memory that ends a job which forks on and on.
 */
const LIMITS = { nofile: 1024, nproc: 4096 };

/**
 * A container that does one thing as root and ends: no network unless it asks for one, and no rights but those to hand
 * files on its volumes to their owners. Its outputs resolve when it has ended well; Docker itself does not mind a job that failed.
 */
export class Job extends pulumi.ComponentResource {
  /** Changes when the job has run anew. */
  public readonly revision: pulumi.Output<string>;
  /** What it printed. */
  public readonly log: pulumi.Output<string>;

  public constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:host:Job", name, {}, opts);
    const files = Object.entries(args.files ?? {});
    const mounts = Object.entries(args.volumes).map(([target, source]) => ({
      type: "volume",
      source,
      target,
    }));
    const container = new docker.Container(
      `${name}-container`,
      {
        name: args.naming.of(args.role),
        image: args.imageId,
        user: "0:0",
        ...(args.entrypoint === undefined ? {} : { entrypoints: [...args.entrypoint] }),
        command: [...args.command],
        uploads: files.map(([file, content]) => ({ file, ...contentOf(content), permissions: "0400" })),
        // Docker refuses uploads into a read-only container.
        readOnly: files.length === 0,
        tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=1m" },
        mounts,
        networkMode: args.network ?? "none",
        capabilities: { drops: ["ALL"], ...(mounts.length === 0 ? {} : { adds: FILE_RIGHTS }) },
        securityOpts: ["no-new-privileges:true"],
        memory: 64,
        memorySwap: 64,
        ulimits: Object.entries(LIMITS).map(([name, limit]) => ({ name, soft: limit, hard: limit })),
        logDriver: "json-file",
        logOpts: { "max-size": "1m", "max-file": "2" },
        attach: true,
        logs: true,
        mustRun: false,
        restart: "no",
      },
      { parent: this, deleteBeforeReplace: true },
    );
    const ended = pulumi
      .all([container.id, container.name, container.exitCode, container.containerLogs])
      .apply(([id, containerName, exitCode, log]) => {
        if (exitCode !== 0) {
          throw new pulumi.RunError(
            `container "${containerName}" ended with exit code ${exitCode} (npm run up tries again); ` +
              `its log: ${log.slice(-500)}`,
          );
        }
        return { id, log };
      });
    this.revision = ended.id;
    this.log = ended.log;
    this.registerOutputs({});
  }
}

function contentOf(content: FileContent): { content: pulumi.Input<string> } | { contentBase64: string } {
  return content instanceof Uint8Array
    ? { contentBase64: Buffer.from(content).toString("base64") }
    : { content };
}
