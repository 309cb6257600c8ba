import type { Settings } from "../../components/settings/schema.ts";
import { aliasDomainsOf } from "../../components/settings/derived.ts";
import { nameOf } from "./order.ts";

/** Memory limits of a stack that few people use for a day, in MiB; a smaller one of the other stack stays. */
const MOST_MIB = { postgres: 256, openldap: 128, keycloak: 704 } as const;

export interface DemandArgs {
  /** Pulumi stack, such as `od-login`. */
  readonly stack: string;
  /** Stack that it goes by. */
  readonly from: string;
  /** Public address, and the one for administration if that is another. */
  readonly addresses: readonly string[];
  /** Docker engine that has taken the addresses. */
  readonly docker: string;
  /** Whether people of another stack come into its directory, and so nobody else. */
  readonly hasData: boolean;
}

/**
 * What the file of a stack on demand says: names of its own below the zone, an address of its own, no mail to the
 * outside, and nothing that somebody outside would have to agree to (a public certificate, zones, reCAPTCHA). Services
 * keep their addresses.
 */
export function demandSettings(base: Settings, args: DemandArgs): Record<string, unknown> {
  const { demand, relay, dns, realms, openldap } = base;
  const zone = `${nameOf(args.stack)}.${demand.zone}`;
  const [bindAddress = "", adminAddress = bindAddress] = args.addresses;
  const memory = Object.entries(MOST_MIB)
    .filter(([service, most]) => (base[service as keyof typeof MOST_MIB]?.memoryMiB ?? 0) > most)
    .map(([service, memoryMiB]) => [service, { memoryMiB }] as const);
  return {
    from: args.from,
    rename: {
      // A later one counts where two are the same.
      ...(relay === undefined ? {} : { [relay.hostname]: `mx.${zone}` }),
      ...Object.fromEntries(
        aliasDomainsOf(base).map((domain, index) => [
          domain,
          `people${index === 0 ? "" : index + 1}.${zone}`,
        ]),
      ),
      [base.domain]: `id.${zone}`,
    },
    without: [
      ...(dns === undefined ? [] : ["dns"]),
      ...(args.hasData && openldap?.seed !== undefined ? ["openldap.seed"] : []),
      ...realms.flatMap((realm) =>
        realm.kind === "directory" && realm.recaptcha !== undefined ? [`realms.${realm.name}.recaptcha`] : [],
      ),
    ],
    host: { docker: args.docker, bindAddress, adminAddress },
    protect: false,
    certificates: { kind: "own" },
    ...Object.fromEntries(memory),
    ...(relay === undefined || relay.mtaSts === "none" ? {} : { relay: { mtaSts: "none" } }),
  };
}
