import { join } from "node:path";

/** The clone. */
export const ROOT = join(import.meta.dirname, "..");

/** Everything that bootstrap brings and that is no Debian package; ignored by git. */
export const TOOLS = join(ROOT, ".tools");
export const BIN = join(TOOLS, "bin");
export const CACHE = join(TOOLS, "cache");
export const LOGS = join(TOOLS, "logs");
export const STAMPS = join(TOOLS, "stamps");

/** Set by bootstrap/env for the CLI; the same here for a step that was started without it. */
export const PULUMI_HOME = join(TOOLS, "pulumi-home");

/** `/clone/.tools/bin/node` → `.tools/bin/node`, for messages. */
export function short(path: string): string {
  return path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : path;
}
