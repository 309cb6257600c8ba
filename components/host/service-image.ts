import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Naming } from "./naming.ts";

export interface ServiceImageArgs {
  readonly naming: Naming;
  /** Folder under `components/`; its `image/` is the build context. */
  readonly service: string;
}

/** A service's image, built on the stack's host from `components/<service>/image`. */
export class ServiceImage extends pulumi.ComponentResource {
  /** `sha256:…`; changes when the image does, so containers that use it are replaced. */
  public readonly imageId: pulumi.Output<string>;

  public constructor(name: string, args: ServiceImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:host:ServiceImage", name, {}, opts);
    // Relative to the project, so that the state is the same for every clone.
    const context = path.posix.join("components", args.service, "image");
    const reference = `${args.naming.image(args.service)}:${hashOf(context)}`;
    const image = new docker.RemoteImage(
      `${name}-build`,
      {
        name: reference,
        build: { context, tags: [reference] },
        forceRemove: true,
        keepLocally: false,
      },
      { parent: this, customTimeouts: { create: "30m" } },
    );
    this.imageId = image.imageId;
    this.registerOutputs({ imageId: this.imageId });
  }
}

/** Short SHA-256 over names, modes and contents of all files below `folder`. */
export function hashOf(folder: string): string {
  const hash = crypto.createHash("sha256");
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const executable = (fs.statSync(file).mode & 0o100) !== 0;
    hash.update(`${path.relative(folder, file)}\0${executable ? "x" : "-"}\0`);
    hash.update(fs.readFileSync(file));
    hash.update("\0");
  }
  return hash.digest("hex").slice(0, 12);
}
