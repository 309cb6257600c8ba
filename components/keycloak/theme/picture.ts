import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { SaxesParser } from "saxes";
import type { Palette } from "./colours.ts";

/** Most a picture may weigh, in bytes: it is loaded with every page. */
const MOST_BYTES = 100 * 1024;

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Elements that draw. What runs, loads, links or animates is not among them. */
const DRAWING = new Set(
  `circle clipPath defs desc ellipse g line linearGradient marker mask path pattern polygon polyline
   radialGradient rect stop style svg symbol text textPath title tspan use`.split(/\s+/),
);

/** A logo or an icon. */
export interface Picture {
  readonly extension: "svg" | "png";
  readonly content: string | Uint8Array;
}

/**
 * @param setting where the file is named, for the message
 * @param file path of an SVG or PNG file
 * @throws {pulumi.RunError} when it cannot be read, is too large, or is not a picture that is safe to serve
 */
export function readPicture(setting: string, file: string): Picture {
  const fault = faultOfPicture(file);
  if (fault !== undefined) throw new pulumi.RunError(`${setting}: ${file} ${fault}`);
  const bytes = fs.readFileSync(file);
  return isPng(file)
    ? { extension: "png", content: bytes }
    : { extension: "svg", content: bytes.toString("utf8") };
}

/** Why a file is no picture that can be used, if so. */
export function faultOfPicture(file: string): string | undefined {
  const bytes = bytesOf(file);
  if (bytes === undefined) return "cannot be read; give its path relative to the project";
  if (bytes.length > MOST_BYTES) return `has ${bytes.length} bytes; allowed: ${MOST_BYTES} at most`;
  if (isPng(file))
    return bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE) ? undefined : "is not a PNG file";
  const fault = faultOfSvg(bytes.toString("utf8"));
  return fault === undefined
    ? undefined
    : `${fault}; save it as plain SVG of shapes, text and gradients only`;
}

function isPng(file: string): boolean {
  return path.extname(file) === ".png";
}

/** The logo of a realm that names none: the first letter of its name on its colour. */
export function monogram(name: string, palette: Palette): Picture {
  const [first] = new Intl.Segmenter("en").segment(name.trim().toUpperCase());
  const letter = (first?.segment ?? "").replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
  const content = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
  <rect width="64" height="64" rx="16" fill="${palette.accent}"/>
  <text x="32" y="45" font-family="system-ui, sans-serif" font-size="36" font-weight="600" text-anchor="middle" fill="${palette.onAccent}">${letter}</text>
</svg>
`;
  return { extension: "svg", content };
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

/**
 * Why a browser that opens the file by its address might do more than draw it, if so. By that address a script in
 * it would run as one of the identity service's own.
 */
export function faultOfSvg(svg: string): string | undefined {
  const faults: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  let open = "";
  parser.on("error", (error) => faults.push(`is not well-formed XML (${error.message})`));
  parser.on("doctype", () => faults.push("has a document type"));
  parser.on("processinginstruction", ({ target }) =>
    faults.push(`has a processing instruction <?${target}>`),
  );
  parser.on("opentag", (tag) => {
    if (tag.uri !== SVG_NAMESPACE || !DRAWING.has(tag.local) || (open === "" && tag.local !== "svg")) {
      faults.push(`holds <${tag.name}>`);
    }
    open = tag.local;
    for (const { name, local, value } of Object.values(tag.attributes)) {
      if (/^on/i.test(local)) faults.push(`holds the event handler ${name}`);
      if (local === "href" && !value.startsWith("#")) faults.push(`refers to something outside by ${name}`);
      if (loads(value)) faults.push(`loads something by ${name}`);
    }
  });
  const inText = (text: string): void => {
    if (open === "style" && loads(text)) faults.push("loads something by a style");
  };
  parser.on("text", inText);
  parser.on("cdata", inText);
  parser.write(svg).close();
  return faults[0];
}

/** Whether CSS loads anything but a part of its own document; an escape could hide that. */
function loads(css: string): boolean {
  return /@import|\\|url\(\s*(?!["']?#)/i.test(css);
}
