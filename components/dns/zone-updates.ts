import * as pulumi from "@pulumi/pulumi";
import type { DnsUpdateEndpoint } from "../endpoints.ts";
import { Job } from "../host/job.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";

export interface ZoneUpdatesArgs {
  readonly naming: Naming;
  /** Image ID of `components/dns/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  readonly server: DnsUpdateEndpoint;
  /** Records of each zone, as text of a zone file. */
  readonly zones: pulumi.Input<Readonly<Record<string, string>>>;
}

/** Where the job finds its order. */
const ORDER = "/run/order.json";

/**
 * Has zones hold the stack's records, by dynamic updates: what differs is added and removed, what others put there
 * stays. Runs when records or server change.
 */
export class ZoneUpdates extends pulumi.ComponentResource {
  public constructor(name: string, args: ZoneUpdatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:dns:ZoneUpdates", name, {}, opts);
    const { host, port, key, secret, primary, revision } = args.server;
    const order = pulumi.jsonStringify({
      revision, // nothing that the job reads: a server made anew gets its records anew
      owner: args.naming.prefix,
      server: { host, port },
      primary,
      key: { ...key, secret },
      zones: args.zones,
    });
    new Job(
      `${name}-update`,
      {
        naming: args.naming,
        role: "dns-update",
        imageId: args.imageId,
        command: [ORDER],
        network: args.segments.networkName("edge"),
        files: { [ORDER]: order },
        volumes: {},
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
