import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DnsUpdateEndpoint, TsigKey } from "../endpoints.ts";
import { ConfigVolume } from "../host/config-volume.ts";
import type { Naming } from "../host/naming.ts";
import type { Segments } from "../host/segments.ts";
import { ServiceContainer } from "../host/service-container.ts";
import {
  CHALLENGES_KEY,
  KNOT_PORT,
  RECORDS_KEY,
  renderEmptyZone,
  renderKeys,
  renderKnotConf,
  type KnotConfArgs,
} from "./render.ts";

/** User and group of the server in its image. */
export const KNOT_UID = 7080;

export interface KnotArgs extends KnotConfArgs {
  readonly naming: Naming;
  /** Image ID of `components/knot/image`. */
  readonly imageId: pulumi.Input<string>;
  readonly segments: Segments;
  /** Host name of the primary name server, as the zones' SOA says it. */
  readonly nameServer: string;
  /** Keys of the secondaries, with their secrets. @default none */
  readonly keys?: readonly (TsigKey & { readonly secret: string })[];
  /** Addresses of the host that port 53 is published on. */
  readonly bindAddresses: readonly string[];
  /** Memory limit in MiB. @default 64 */
  readonly memoryMiB?: number;
  /** Whether `pulumi destroy` must refuse to delete zones and their keys. @default true */
  readonly protectData?: boolean;
}

/**
 * An authoritative name server that signs its zones.
 *
 * @stateful zones and the keys that sign them live in the child volume `<name>-data`; with the keys lost, the parent
 *   zones' DS records must change before anybody who validates sees the zones again
 */
export class Knot extends pulumi.ComponentResource {
  /** Takes dynamic updates and transfers of all zones. */
  public readonly updates: DnsUpdateEndpoint;
  /** Takes answers to ACME challenges, where there are any. */
  public readonly challenges?: DnsUpdateEndpoint;

  public constructor(name: string, args: KnotArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:knot:Knot", name, {}, opts);
    const made = (key: string): { key: TsigKey; secret: pulumi.Output<string> } => {
      const { result } = new random.RandomPassword(
        `${name}-${key}-key`,
        { length: 32, special: false },
        { parent: this },
      );
      const secret = pulumi.secret(result.apply((text) => Buffer.from(text).toString("base64")));
      return { key: { name: key, algorithm: "hmac-sha256" }, secret };
    };
    const records = made(RECORDS_KEY);
    const challenges = args.challenged === undefined ? undefined : made(CHALLENGES_KEY);
    const own = pulumi.all([records, ...(challenges === undefined ? [] : [challenges])]);
    const data = new docker.Volume(
      `${name}-data`,
      { name: args.naming.of("knot-data") },
      { parent: this, protect: args.protectData ?? true },
    );
    const files = new ConfigVolume(
      `${name}-config`,
      {
        naming: args.naming,
        service: "knot",
        imageId: args.imageId,
        uid: KNOT_UID,
        files: {
          "knot.conf": renderKnotConf(args),
          "keys.conf": own.apply((keys) =>
            renderKeys([...keys.map(({ key, secret }) => ({ ...key, secret })), ...(args.keys ?? [])]),
          ),
          ...Object.fromEntries(
            args.zones.map((zone) => [`zones/${zone}.zone`, renderEmptyZone(zone, args.nameServer)]),
          ),
        },
      },
      { parent: this },
    );
    const { container } = new ServiceContainer(
      `${name}-server`,
      {
        naming: args.naming,
        service: "knot",
        imageId: args.imageId,
        uid: KNOT_UID,
        segments: args.segments,
        joins: ["edge"],
        files,
        data: { "/var/lib/knot": data.name },
        tmpfsMiB: { "/run/knot": 1, "/tmp": 8 },
        ports: args.bindAddresses.flatMap((address) =>
          (["tcp", "udp"] as const).map((protocol) => ({
            ...{ address, protocol },
            hostPort: 53,
            containerPort: KNOT_PORT,
          })),
        ),
        memoryMiB: args.memoryMiB ?? 64,
        healthcheck: ["healthcheck"],
      },
      { parent: this },
    );
    const hasSecondaries = (args.secondaries ?? []).length > 0;
    const server = { host: "knot", port: KNOT_PORT, hasSecondaries };
    this.updates = { ...server, ...records, primary: args.nameServer, revision: container.id };
    if (challenges !== undefined) this.challenges = { ...server, ...challenges };
    this.registerOutputs({});
  }
}
