import type { ServiceSettings } from "../../settings/schema.ts";
import { OPENID_PRESETS } from "./openid-presets.ts";
import type {
  OpenidClient,
  OpenidPreset,
  OpenidPresetName,
  OpenidValues,
  Paste,
  SamlClient,
  SamlPreset,
  SamlPresetName,
  SamlValues,
  ServiceOf,
} from "./preset.ts";
import { SAML_PRESETS } from "./saml-presets.ts";

/** What the preset of a service makes of its settings. */
interface Chosen<Protocol, Client, Values> {
  readonly protocol: Protocol;
  /** What people call the service. */
  readonly title: string;
  readonly client: Client;
  /** What to paste into the service. */
  readonly paste: (values: Values) => readonly Paste[];
  /** What an operator must know before relying on it. @default nothing */
  readonly note?: string;
}

export type ChosenPreset =
  Chosen<"openid-connect", OpenidClient, OpenidValues> | Chosen<"saml", SamlClient, SamlValues>;

function speaksSaml(service: ServiceSettings): service is ServiceOf<SamlPresetName> {
  return service.preset in SAML_PRESETS;
}

/** Looks up the row of the table that a service names, and makes its client and texts. */
export function presetOf(service: ServiceSettings): ChosenPreset {
  const title = service.displayName;
  // A row takes the settings of its own preset, which its key in the table says.
  if (speaksSaml(service)) {
    const row = SAML_PRESETS[service.preset] as SamlPreset<ServiceOf<SamlPresetName>>;
    return { ...row, title: title ?? row.title, ...applied(row, service) };
  }
  const row = OPENID_PRESETS[service.preset] as OpenidPreset<ServiceOf<OpenidPresetName>>;
  return { ...row, title: title ?? row.title, ...applied(row, service) };
}

function applied<Service, Client, Values>(
  row: {
    readonly client: (service: Service) => Client;
    readonly paste: (values: Values, client: Client, service: Service) => readonly Paste[];
  },
  service: Service,
): { readonly client: Client; readonly paste: (values: Values) => readonly Paste[] } {
  const client = row.client(service);
  return { client, paste: (values) => row.paste(values, client, service) };
}

/** Generations of a service's client, the newest last: two while its secret is being rotated. */
export function generationsOf(service: ServiceSettings): readonly number[] {
  return "generations" in service ? service.generations : [1];
}

/**
 * ID of an OpenID Connect client of a service. A secret is rotated by a second client beside the first, so each
 * generation has an ID of its own; names of services have no dots, so none is like another's.
 */
export function clientIdOf(service: ServiceSettings, generation: number): string {
  return generation === 1 ? service.name : `${service.name}.${generation}`;
}

/** ID of the client that a service is to use from now on. */
export function newestClientIdOf(service: ServiceSettings): string {
  return clientIdOf(service, generationsOf(service).at(-1) ?? 1);
}
