import type { ThemeSettings } from "../../settings/schema.ts";
import { type Palette, palettesOf } from "./colours.ts";
import { monogram, type Picture } from "./picture.ts";

/** Content by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface ThemeArgs {
  readonly realm: string;
  readonly displayName: string;
  readonly settings: ThemeSettings;
  /** @default the first letter of the display name */
  readonly logo?: Picture | undefined;
  /** Icons of identity providers, by alias. @default those that Keycloak has */
  readonly icons?: Readonly<Record<string, Picture>>;
  /** Changes when anything of the pages does: browsers keep what they loaded under the same address for a month. */
  readonly revision: string;
}

/** Name of a realm's theme. The prefix keeps it apart from Keycloak's own themes. */
export function themeNameOf(realm: string): string {
  return `realm-${realm}`;
}

/**
 * A realm's own theme, by path below Keycloak's folder of themes: values, colours and logo on top of the theme `sso`
 * in the image.
 */
export function renderTheme(args: ThemeArgs): Files {
  const { displayName, settings } = args;
  const name = themeNameOf(args.realm);
  const palettes = palettesOf(settings.primaryColour);
  const logo = args.logo ?? monogram(displayName, palettes.light);
  const versioned = (file: string): string => `${file}?v=${args.revision}`;
  const logoName = `img/logo.${logo.extension}`;
  const logoFile = versioned(logoName);
  const styles = (own: string): string => ["css/sso.css", own, "css/realm.css"].map(versioned).join(" ");
  // The pages' resources are found in the imported theme too.
  const page = { parent: "sso", import: `common/${name}`, favicons: logoFile };
  const foot = { "sso.footer": settings.footer, "sso.support": settings.support };
  const icons = Object.entries(args.icons ?? {});
  return {
    [`${name}/common/resources/${logoName}`]: logo.content,
    ...Object.fromEntries(
      icons.map(([alias, icon]) => [`${name}/common/resources/${iconName(alias, icon)}`, icon.content]),
    ),
    [`${name}/common/resources/css/realm.css`]:
      renderColours(palettes) + icons.map(([alias, icon]) => renderIcon(alias, icon, versioned)).join(""),
    [`${name}/login/theme.properties`]: renderProperties({
      ...page,
      styles: `css/styles.css ${styles("css/login.css")}`,
      "sso.logo": logoFile,
      ...numbered("sso.link", settings.links),
      ...foot,
    }),
    [`${name}/account/theme.properties`]: renderProperties({
      ...page,
      styles: styles("css/account.css"),
      scripts: versioned("js/realm.js"),
      title: displayName,
      logo: logoFile,
    }),
    [`${name}/account/resources/js/realm.js`]: renderAccountScript(args, logoFile),
    [`${name}/email/theme.properties`]: renderProperties({
      parent: "sso",
      "sso.accent": palettes.light.accent,
      "sso.onAccent": palettes.light.onAccent,
      "sso.link": palettes.light.link,
      "sso.linkDark": palettes.dark.link,
      ...foot,
    }),
  };
}

/** The account console's templates are not for us to change; the script puts the header above the console. */
function renderAccountScript({ displayName, settings, revision }: ThemeArgs, logo: string): string {
  const header = { name: displayName, logo, links: settings.links, support: settings.support };
  return `import { addHeader, nameMenus } from "./header.js?v=${revision}";

addHeader(${JSON.stringify(header, null, 2)});
nameMenus();
`;
}

function renderColours(palettes: Readonly<Record<"light" | "dark", Palette>>): string {
  const block = (selector: string, palette: Palette): string =>
    [
      `${selector} {`,
      `  --sso-accent: ${palette.accent};`,
      `  --sso-accent-hover: ${palette.accentHover};`,
      `  --sso-on-accent: ${palette.onAccent};`,
      `  --sso-link: ${palette.link};`,
      "}",
      "",
    ].join("\n");
  return block(":root", palettes.light) + block(":root.pf-v5-theme-dark", palettes.dark);
}

function iconName(alias: string, { extension }: Picture): string {
  return `img/provider-${alias}.${extension}`;
}

/** Puts an icon on the button of an identity provider, in the place of Keycloak's. */
function renderIcon(alias: string, icon: Picture, versioned: (file: string) => string): string {
  const button = `#social-${alias}`;
  return [
    `${button}::before {`,
    `  content: "";`,
    `  flex: none;`,
    `  width: 1.25rem;`,
    `  height: 1.25rem;`,
    `  margin-inline-end: 0.5rem;`,
    `  background: url("../${versioned(iconName(alias, icon))}") center / contain no-repeat;`,
    "}",
    `${button} :is(svg, i) {`,
    "  display: none;",
    "}",
    "",
  ].join("\n");
}

/** `name.0.label`, `name.0.url` and so on, and their count as `names`. */
function numbered(
  name: string,
  items: readonly Readonly<Record<string, string>>[],
): Readonly<Record<string, string>> {
  const fields = items.flatMap((item, index) =>
    Object.entries(item).map(([field, value]) => [`${name}.${index}.${field}`, value]),
  );
  return { ...Object.fromEntries(fields), [`${name}s`]: String(items.length) } as Record<string, string>;
}

/**
 * A Java properties file in plain ASCII.
 *
 * @throws {Error} when Keycloak would expand something in a value, naming the property
 */
export function renderProperties(values: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapedProperty(name, value)}`],
  );
  return ["# Written by Pulumi; changes here are lost.", ...lines, ""].join("\n");
}

function escapedProperty(name: string, value: string): string {
  // Keycloak fills in environment variables and knows no escape for that.
  if (value.includes("${")) throw new Error(`${name} must not contain \${`);
  return value
    .replace(/\\/g, "\\\\")
    .replace(/^ /, "\\ ")
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
