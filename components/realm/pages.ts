import type * as keycloak from "@pulumi/keycloak";
import { themeNameOf } from "../keycloak/theme/render.ts";
import type { RealmSettings } from "../settings/schema.ts";

/** What makes a realm of any kind show its own theme and announcement. */
export function pagesOf(
  realm: RealmSettings,
): Pick<keycloak.RealmArgs, "loginTheme" | "accountTheme" | "emailTheme" | "displayNameHtml"> {
  const name = themeNameOf(realm.name);
  const { announcement } = realm.theme;
  return {
    loginTheme: name,
    accountTheme: name,
    emailTheme: name,
    ...(announcement === undefined ? {} : { displayNameHtml: announcement }),
  };
}
