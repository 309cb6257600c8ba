import * as crypto from "node:crypto";
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
  /** Whether published ports are reached by IPv6 too: then `edge` has addresses of it. @default false */
  readonly hasIpv6?: boolean;
}

/** The stack's networks, one for each purpose. */
export class Segments extends pulumi.ComponentResource {
  private readonly networks: ReadonlyMap<Segment, docker.Network>;

  public constructor(name: string, args: SegmentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:host:Segments", name, {}, opts);
    const segments = Object.entries(SEGMENTS) as [Segment, (typeof SEGMENTS)[Segment]][];
    const subnet = args.hasIpv6 === true ? localSubnetOf(args.naming.prefix) : undefined;
    this.networks = new Map(
      segments.map(([segment, { internal, masquerade }]) => {
        const ipv6 = segment === "edge" && subnet !== undefined;
        const network = new docker.Network(
          `${name}-${segment}`,
          {
            name: args.naming.of(segment),
            driver: "bridge",
            internal,
            ...(masquerade ? {} : { options: { "com.docker.network.bridge.enable_ip_masquerade": "false" } }),
            ...(ipv6 ? { ipv6, ipamConfigs: [{ subnet }] } : {}),
          },
          // The engine adds an IPv4 pool of its own choice to the one that is asked for.
          { parent: this, ...(ipv6 ? { ignoreChanges: ["ipamConfigs"] } : {}) },
        );
        return [segment, network];
      }),
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

/** A /64 of unique local addresses (RFC 4193), the same for the same name. */
function localSubnetOf(name: string): string {
  const [a = "", b = "", c = "", d = ""] =
    crypto.createHash("sha256").update(name).digest("hex").match(/.{4}/g) ?? [];
  return `fd${a.slice(2)}:${b}:${c}:${d}::/64`;
}
