import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { SmtpEndpoint } from "../endpoints.ts";
import { ConfigVolume, type MountedFiles } from "../host/config-volume.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";

/** User and group of the container; its daemons have users of their own (see the image). */
export const MAIL_SINK_UID = 0;

const PORT = 1587; // above 1023: no capability is needed to bind it

/** Whom the stack logs in as. */
const USERNAME = "stack";

export interface MailSinkArgs {
  readonly naming: Naming;
  /** Image ID of `components/mail-sink/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly tls: MountedFiles;
}

/**
 * A smarthost for stacks whose mail must reach nobody: it asks for STARTTLS and a login as one outside does, takes mail
 * for anybody, and keeps the newest of it until it is restarted.
 */
export class MailSink extends pulumi.ComponentResource {
  public readonly smtp: SmtpEndpoint;

  public constructor(name: string, args: MailSinkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:mail-sink:MailSink", name, {}, opts);
    const { naming, imageId } = args;
    const { result } = new random.RandomPassword(
      `${name}-password`,
      { length: 32, special: false },
      { parent: this },
    );
    const password = pulumi.secret(result);
    const files = new ConfigVolume(
      `${name}-config`,
      {
        naming,
        imageId,
        service: "mail-sink",
        uid: MAIL_SINK_UID,
        files: { [`password.${USERNAME}`]: password },
      },
      { parent: this },
    );
    new ServiceContainer(
      `${name}-server`,
      {
        ...{ naming, imageId, files },
        service: "mail-sink",
        uid: MAIL_SINK_UID,
        segments: args.segments,
        joins: ["mail"],
        tls: args.tls,
        tmpfsMiB: { "/var/mail-sink": 96 },
        memoryMiB: 192,
        // Its master is root: it starts daemons as other users, and ends them.
        capabilities: ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"],
        healthcheck: ["healthcheck"],
      },
      { parent: this },
    );
    this.smtp = { host: "mail-sink", port: PORT, login: { username: USERNAME, password } };
    this.registerOutputs({ smtp: this.smtp });
  }
}
