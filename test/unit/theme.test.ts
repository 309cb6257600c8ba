import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { colord, extend } from "colord";
import a11y from "colord/plugins/a11y";
import fc from "fast-check";
import { palettesOf } from "../../components/keycloak/theme/colours.ts";
import { faultOfSvg, monogram, readPicture } from "../../components/keycloak/theme/picture.ts";
import { renderProperties, renderTheme } from "../../components/keycloak/theme/render.ts";
import { themesOf } from "../../components/keycloak/theme/theme.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import type { RealmSettings } from "../../components/settings/schema.ts";

extend([a11y]);

const CSS = fs.readFileSync("components/keycloak/image/themes/sso/common/resources/css/sso.css", "utf8");

/** Realms whose settings say no more than they must, but for `themes`. */
function realmsWith(...themes: readonly unknown[]): readonly RealmSettings[] {
  return parseSettings("dev", {
    domain: "id.example.org",
    host: { bindAddress: "127.0.0.1" },
    openldap: { suffix: "dc=example,dc=org" },
    realms: themes.map((theme, index) => ({
      kind: "directory",
      name: `r${index}`,
      displayName: "Community",
      ...(theme === undefined ? {} : { theme }),
    })),
  }).realms;
}

const FULL = {
  primaryColour: "#0F766E",
  links: [
    { label: "Wiki", url: "https://wiki.example.org/" },
    { label: "Öffentliches", url: "https://talk.example.org/?a=1&b=2" },
  ],
  footer: "Run by volunteers \\o/",
  support: "mailto:help@example.org",
  announcement: 'Back <b>soon</b>: <a href="https://status.example.org/">status</a>',
};

describe("settings", () => {
  test("a realm that says nothing of its theme gets a whole one", () => {
    expect(realmsWith(undefined)[0]?.theme).toEqual({ primaryColour: "#1f6feb", links: [] });
  });

  test.each([
    ["primaryColour", "teal", "a colour in hexadecimal, such as #1f6feb"],
    ["logo", "logo.gif", "the path of an SVG or PNG file"],
    ["footer", "a\nb", "one line of 1 to 200 characters without ${"],
    ["footer", "${env.SECRET}", "one line of 1 to 200 characters without ${"],
    ["support", "javascript:alert(1)", "an https or mailto URL, such as mailto:help@example.org"],
    ["support", "http://help.example.org/", "an https or mailto URL, such as mailto:help@example.org"],
    ["announcement", "<script>alert(1)</script>", "HTML with no tags but"],
    ["announcement", '<img src="https://elsewhere.example/">', "HTML with no tags but"],
    ["announcement", '<b onclick="x()">now</b>', "HTML with no tags but"],
    ["announcement", '<a href="javascript:x()">now</a>', "HTML with no tags but"],
    ["announcement", "half a <b", "HTML with no tags but"],
  ])("%s: %j is refused", (field, value, allowed) => {
    expect(() => realmsWith({ [field]: value })).toThrow(`realms[0].theme.${field}: `);
    expect(() => realmsWith({ [field]: value })).toThrow(allowed);
  });

  test.each(["http://wiki.example.org/", "https://", "https://x y/", "//wiki.example.org"])(
    "a link to %j is refused",
    (url) => {
      expect(() => realmsWith({ links: [{ label: "Wiki", url }] })).toThrow("realms[0].theme.links[0].url: ");
    },
  );

  test("positive control: what the refusals are about is accepted when it is in order", () => {
    expect(realmsWith(FULL)[0]?.theme).toEqual(FULL);
  });
});

describe("colours", () => {
  const surfaces = (...names: readonly string[]): string[][] =>
    [...CSS.matchAll(/^:root(?:\.pf-v5-theme-dark)? \{([^}]*)\}/gm)]
      .slice(0, 2)
      .map(([, block = ""]) =>
        names.map((name) => new RegExp(`--sso-${name}: (#[0-9a-f]{6});`).exec(block)?.[1] ?? ""),
      );
  const [light = [], dark = []] = surfaces("page", "card");
  const contrast = (one: string, other: string): number => colord(one).contrast(other);

  test("every colour gives text, links and buttons that can be read on every background", () => {
    expect([...light, ...dark]).toHaveLength(4);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (number) => {
        const palettes = palettesOf(`#${number.toString(16).padStart(6, "0")}`);
        for (const palette of Object.values(palettes)) {
          expect(contrast(palette.accent, palette.onAccent)).toBeGreaterThanOrEqual(4.5);
          expect(contrast(palette.accentHover, palette.onAccent)).toBeGreaterThanOrEqual(4.5);
        }
        for (const surface of light) {
          expect(contrast(palettes.light.link, surface)).toBeGreaterThanOrEqual(4.5);
        }
        for (const surface of dark) {
          expect(contrast(palettes.dark.link, surface)).toBeGreaterThanOrEqual(4.5);
          expect(contrast(palettes.dark.accent, surface)).toBeGreaterThanOrEqual(3);
        }
      }),
    );
  });

  test("a colour that can be read as it is stays as it is", () => {
    expect(palettesOf("#0f766e").light).toMatchObject({ accent: "#0f766e", link: "#0f766e" });
  });
});

describe("logo", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-logo-"));
  afterAll(() => {
    fs.rmSync(folder, { recursive: true });
  });
  const file = (name: string, content: string | Buffer): string => {
    fs.writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const svg = (inside: string, attributes = ""): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${inside}</svg>`;

  test("a drawing passes", () => {
    const drawing = svg(
      '<style>path{fill:url(#g)}</style><defs><linearGradient id="g"/></defs><path d="M0 0" fill="url(\'#g\')"/><use xlink:href="#g"/>',
    );
    expect(faultOfSvg(drawing)).toBeUndefined();
    expect(readPicture("x", file("ok.svg", drawing))).toEqual({ extension: "svg", content: drawing });
  });

  test.each([
    ["a script", svg("<script>alert(1)</script>"), "holds <script>"],
    ["an event handler", svg('<path d="M0 0"/>', 'onload="alert(1)"'), "event handler onload"],
    ["HTML", svg("<foreignObject/>"), "holds <foreignObject>"],
    [
      "a script under another name",
      svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>'),
      "holds <h:script>",
    ],
    ["a link", svg('<a xlink:href="https://elsewhere.example/"/>'), "holds <a>"],
    ["an animation", svg('<set attributeName="href" to="javascript:alert(1)"/>'), "holds <set>"],
    ["a reference outside", svg('<use xlink:href="https://elsewhere.example/a.svg#x"/>'), "outside"],
    ["an encoded script address", svg('<use href="java&#115;cript:alert(1)"/>'), "outside by href"],
    ["a style that loads", svg("<style>@import 'https://elsewhere.example/'</style>"), "loads"],
    ["an attribute that loads", svg('<path fill="url(https://elsewhere.example/)"/>'), "loads"],
    ["an escaped address", svg("<style>path{fill:u\\72l(//elsewhere.example)}</style>"), "loads"],
    [
      "entities",
      '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
      "document type",
    ],
    [
      "a style sheet",
      '<?xml-stylesheet href="//elsewhere.example"?><svg xmlns="http://www.w3.org/2000/svg"/>',
      "processing",
    ],
    ["no SVG", "<html xmlns='http://www.w3.org/1999/xhtml'/>", "holds <html>"],
    ["no XML", "<svg", "not well-formed"],
    ["nothing", "", "not well-formed"],
  ])("an SVG file with %s is refused", (_what, content, fault) => {
    expect(faultOfSvg(content)).toContain(fault);
  });

  test.each([
    ["missing.svg", undefined, "cannot be read; give its path relative to the project"],
    ["no.png", "GIF89a", "is not a PNG file"],
    ["large.svg", " ".repeat(102_401), "has 102401 bytes; allowed: 102400 at most"],
    ["bad.svg", "<svg/>", "save it as plain SVG"],
  ])("%s is refused with the remedy", (name, content, why) => {
    const at = content === undefined ? path.join(folder, name) : file(name, content);
    expect(() => readPicture("realms[2].theme.logo", at)).toThrow(why);
    expect(() => readPicture("realms[2].theme.logo", at)).toThrow("realms[2].theme.logo: ");
  });

  test("a realm without a logo gets its first letter, whatever that is", () => {
    const { light } = palettesOf("#0f766e");
    for (const [name, letter] of [
      ["  öpen", "Ö"],
      ["👩‍🚀 crew", "👩‍🚀"],
      ["<b>", "&#60;"],
    ]) {
      const { content } = monogram(name ?? "", light);
      expect(content).toContain(`>${letter}</text>`);
      expect(faultOfSvg(String(content))).toBeUndefined();
    }
  });
});

describe("theme files", () => {
  test("of a realm with everything", () => {
    const files = realmsWith(FULL).map(({ name, theme: settings }) =>
      renderTheme({ realm: name, displayName: "R & D", settings, revision: "abc" }),
    );
    expect(files).toMatchSnapshot();
  });

  test("icons of identity providers stand on their buttons, in the place of Keycloak's", () => {
    const { theme: settings } = realmsWith(FULL)[0] as RealmSettings;
    const icons = { campus: { extension: "png" as const, content: Buffer.from("a picture") } };
    const files = renderTheme({ realm: "r", displayName: "R", settings, revision: "abc", icons });
    expect(files["realm-r/common/resources/img/provider-campus.png"]).toBe(icons.campus.content);
    const css = String(files["realm-r/common/resources/css/realm.css"]);
    expect(css).toContain("#social-campus::before {");
    expect(css).toContain('url("../img/provider-campus.png?v=abc")');
    expect(css).toContain("#social-campus :is(svg, i) {");
  });

  test("a change of anything that pages show changes the addresses of what they load", () => {
    const revisionOf = (theme: unknown): string | undefined =>
      /\?v=([0-9a-f]{8})/.exec(String(themesOf(realmsWith(theme))["realm-r0/login/theme.properties"]))?.[1];
    const revisions = [undefined, FULL, { ...FULL, primaryColour: "#0f766f" }].map(revisionOf);
    expect(revisions).not.toContain(undefined);
    expect(new Set(revisions).size).toBe(revisions.length);
    // The announcement is the realm's, not the theme's: a new one need not restart Keycloak.
    expect(revisionOf({ ...FULL, announcement: "Back" })).toBe(revisions[1]);
  });

  test("properties are plain ASCII, and Java reads back what was written", () => {
    expect(renderProperties({ a: " ö\\ü 🙂", b: undefined })).toBe(
      "# Written by Pulumi; changes here are lost.\na=\\ \\u00f6\\\\\\u00fc \\ud83d\\ude42\n",
    );
    expect(() => renderProperties({ title: "a ${HOME}" })).toThrow("title must not contain ${");
  });
});
