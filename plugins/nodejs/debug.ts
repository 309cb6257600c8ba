/** Whether anyone sees a program's debug messages. */
import { readFileSync } from "node:fs";

/** Tells the preload of a program: `false` when nobody sees them. */
export const DEBUG_VARIABLE = "SSO_PROGRAM_DEBUG";

/** `--debug`, `-d`, or `-d` among other letters. */
const DEBUG_FLAG = /^(--debug(=.*)?|-[a-z]*d[a-z]*)$/i;

/** Whether a command line asks for debug messages. */
export function asksForDebug(words: readonly string[]): boolean {
  return words.some((word) => DEBUG_FLAG.test(word));
}

/** Whether the engine that started this host shows them. Where that cannot be found out, it may. */
export function isDebugShown(): boolean {
  try {
    return asksForDebug(readFileSync(`/proc/${String(process.ppid)}/cmdline`, "utf8").split("\0"));
  } catch {
    return true;
  }
}
