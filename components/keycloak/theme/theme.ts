import * as crypto from "node:crypto";
import * as path from "node:path";
import type { RealmSettings } from "../../settings/schema.ts";
import { hashOf } from "../../host/service-image.ts";
import { type Picture, readPicture } from "./picture.ts";
import { type Files, renderTheme } from "./render.ts";

/** The parent of all realms' themes, as the image has it. */
const SHARED = path.posix.join("components", "keycloak", "image", "themes");

/**
 * The theme folders of all realms, by path below Keycloak's folder of themes.
 *
 * @throws {pulumi.RunError} when a logo or an icon cannot be used
 */
export function themesOf(realms: readonly RealmSettings[]): Files {
  const shared = hashOf(SHARED);
  const themes = realms.map((realm, index) => {
    const { name, displayName, theme: settings } = realm;
    const at = `realms[${index}]`;
    const logo = settings.logo === undefined ? undefined : readPicture(`${at}.theme.logo`, settings.logo);
    const theme = { realm: name, displayName, settings, logo, icons: iconsOf(realm, at) };
    const revision = revisionOf(shared, ...Object.values(renderTheme({ ...theme, revision: "" })));
    return renderTheme({ ...theme, revision });
  });
  return Object.assign({}, ...themes) as Files;
}

/** Icons of a realm's identity providers, by alias. */
function iconsOf(realm: RealmSettings, at: string): Record<string, Picture> {
  if (realm.kind !== "broker") return {};
  return Object.fromEntries(
    realm.identityProviders.flatMap(({ alias, icon }, index) =>
      icon === undefined ? [] : [[alias, readPicture(`${at}.identityProviders[${index}].icon`, icon)]],
    ),
  );
}

function revisionOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = crypto.createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 8);
}
