import * as pulumi from "@pulumi/pulumi";
import type { SmtpEndpoint } from "../endpoints.ts";
import type { MountedFiles } from "../host/config-volume.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";

/** User and group of the server in its image. */
export const MAIL_SINK_UID = 7050;

const PORT = 1587; // above 1023: no capability is needed to bind it

export interface MailSinkArgs {
  readonly naming: Naming;
  /** Image ID of `components/mail-sink/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly tls: MountedFiles;
}

/** A mail server for stacks whose mail must reach nobody: it keeps what it gets until it is restarted. */
export class MailSink extends pulumi.ComponentResource {
  public readonly smtp: SmtpEndpoint;

  public constructor(name: string, args: MailSinkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:mail-sink:MailSink", name, {}, opts);
    new ServiceContainer(
      `${name}-server`,
      {
        naming: args.naming,
        service: "mail-sink",
        imageId: args.imageId,
        uid: MAIL_SINK_UID,
        segments: args.segments,
        joins: ["mail"],
        tls: args.tls,
        tmpfsMiB: { "/tmp": 8, "/var/mail-sink": 16 },
        memoryMiB: 64,
        healthcheck: ["healthcheck"],
      },
      { parent: this },
    );
    this.smtp = { host: "mail-sink", port: PORT };
    this.registerOutputs({ smtp: this.smtp });
  }
}
