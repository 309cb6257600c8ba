import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Naming } from "./naming.ts";

/** Purpose of each network; a service joins only those it needs. */
const SEGMENTS = {
  /** Published ports. */
  edge: { internal: false, masquerade: true },
  /** nginx and Keycloak; Keycloak reaches outside identity providers from here. */
  identity: { internal: false, masquerade: true },
  /** Postgres and OpenLDAP: no way in or out. */
  data: { internal: true, masquerade: true },
  /** Where Keycloak's mail is taken: no way in or out. */
  mail: { internal: true, masquerade: true },
  /** Lets the host's loopback reach Postgres; packets are not masqueraded, so none finds a way out. */
  admin: { internal: false, masquerade: false },
} as const;

export type Segment = keyof typeof SEGMENTS;

export interface SegmentsArgs {
  readonly naming: Naming;
}

/** The stack's networks, one for each purpose. */
export class Segments extends pulumi.ComponentResource {
  private readonly networks: ReadonlyMap<Segment, docker.Network>;

  public constructor(name: string, args: SegmentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:host:Segments", name, {}, opts);
    const segments = Object.entries(SEGMENTS) as [Segment, (typeof SEGMENTS)[Segment]][];
    this.networks = new Map(
      segments.map(([segment, { internal, masquerade }]) => [
        segment,
        new docker.Network(
          `${name}-${segment}`,
          {
            name: args.naming.of(segment),
            driver: "bridge",
            internal,
            ...(masquerade ? {} : { options: { "com.docker.network.bridge.enable_ip_masquerade": "false" } }),
          },
          { parent: this },
        ),
      ]),
    );
    this.registerOutputs({});
  }

  /** Name of a segment's network; known once the network exists. */
  public networkName(segment: Segment): pulumi.Output<string> {
    const network = this.networks.get(segment);
    if (network === undefined) throw new pulumi.ResourceError(`no such segment: ${segment}`, this, true);
    return network.name;
  }
}
