import { colord, extend } from "colord";
import a11y from "colord/plugins/a11y";
import oklch from "colord/plugins/oklch";

extend([a11y, oklch]);

/** Least contrast of text with what is behind it (WCAG 2.2, success criterion 1.4.3). */
const TEXT_CONTRAST = 4.5;

/** Least contrast of a control with what is around it (WCAG 2.2, success criterion 1.4.11). */
const CONTROL_CONTRAST = 3;

/** Of the backgrounds in the image's `sso.css`, those that contrast least with text in each scheme. */
const SURFACES = { light: "#f4f5f7", dark: "#22262c" } as const;

/** Colours of one scheme, each as `#rrggbb`. */
export interface Palette {
  /** Background of buttons. */
  readonly accent: string;
  readonly accentHover: string;
  /** Text on `accent`. */
  readonly onAccent: string;
  /** Links and focus rings. */
  readonly link: string;
}

/** Shades of a community's colour that can be read in light and in dark mode, whatever the colour is. */
export function palettesOf(colour: string): Readonly<Record<"light" | "dark", Palette>> {
  const given = moved(colour, 0);
  return {
    light: paletteOf(given, shade(given, "darker", SURFACES.light, TEXT_CONTRAST)),
    dark: paletteOf(
      shade(given, "lighter", SURFACES.dark, CONTROL_CONTRAST),
      shade(given, "lighter", SURFACES.dark, TEXT_CONTRAST),
    ),
  };
}

function paletteOf(accent: string, link: string): Palette {
  // Every colour has this contrast with black or with white; under the pointer it moves away from its text.
  const light = contrast(accent, "#ffffff") < TEXT_CONTRAST;
  return {
    accent,
    accentHover: moved(accent, light ? 0.05 : -0.05),
    onAccent: light ? "#000000" : "#ffffff",
    link,
  };
}

/** The colour with its lightness changed by as little as gives it the contrast with `surface`; the hue stays. */
function shade(colour: string, towards: "darker" | "lighter", surface: string, least: number): string {
  const step = towards === "darker" ? -0.01 : 0.01;
  for (let steps = 0; steps <= 100; steps += 1) {
    const shaded = moved(colour, steps * step);
    if (contrast(shaded, surface) >= least) return shaded;
  }
  return towards === "darker" ? "#000000" : "#ffffff";
}

/** @param by change of the lightness in OKLCH, from -1 to 1 */
function moved(colour: string, by: number): string {
  const { l, c, h } = colord(colour).toOklch();
  return by === 0
    ? colord(colour).toHex()
    : colord({ l: Math.min(1, Math.max(0, l + by)), c, h, a: 1, ok: true }).toHex();
}

function contrast(one: string, other: string): number {
  return colord(one).contrast(other);
}
