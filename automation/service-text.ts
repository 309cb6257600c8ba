import { renderTable } from "../bootstrap/table.ts";
import type { OpenidValues, Paste, SamlValues } from "../components/realm/services/preset.ts";
import { generationsOf, presetOf } from "../components/realm/services/presets.ts";
import type { FoundService } from "./find-service.ts";

/** What stands in the place of a secret that is not to be shown. */
export const HIDDEN = "SECRET";

/** A table of services: where each is and how it logs people in. */
export function serviceTable(found: readonly FoundService[]): string {
  return renderTable([
    ["REALM", "NAME", "PRESET", "PROTOCOL", "URL", ""],
    ...found.map(({ realm, service }) => [
      realm.name,
      service.name,
      service.preset,
      presetOf(service).protocol,
      service.url,
      generationsOf(service).length > 1 ? "secret is being rotated" : "",
    ]),
  ]);
}

/** What an operator reads about a service: what it is, what to know of it, and what to paste into it. */
export function serviceText({ realm, service }: FoundService, values: OpenidValues & SamlValues): string {
  const { title, note, paste } = presetOf(service);
  return [
    `${service.name}: ${title} at ${service.url}, in realm ${realm.name}`,
    ...(note === undefined ? [] : [`Note: ${note}.`]),
    renderPastes(paste(values)),
  ].join("\n\n");
}

/** Pastes, under a line each that says where they go. */
export function renderPastes(pastes: readonly Paste[]): string {
  return pastes.map(({ where, text }) => `--- ${where}\n${text}`).join("\n\n");
}
