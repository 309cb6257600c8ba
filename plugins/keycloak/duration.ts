/** Durations as Go writes them (`168h0m0s`, `1.5s`, `250ms`): the form the official plugin keeps in the state. */

const MILLISECONDS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};
const WHOLE = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|ns))+$/;
const PARTS = /(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|ns)/g;

/** Milliseconds of a duration such as `1h30m`, or `undefined` if it is none. `0` needs no unit. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PARTS))
    total += Number(amount) * (MILLISECONDS[unit ?? ""] ?? 0);
  // To the microsecond: parts like 0.337 s are not exact in binary.
  const rounded = Math.round(total * 1000) / 1000;
  return text.startsWith("-") ? -rounded : rounded;
}

/** A duration as Go prints it; the counterpart of `parseDuration`. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? "-" : "";
  const rest = Math.abs(milliseconds);
  if (rest === 0) return "0s";
  if (rest < 1000) return `${sign}${String(rest)}ms`;
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor((rest % 3_600_000) / 60_000);
  const seconds = String((rest % 60_000) / 1000);
  if (hours > 0) return `${sign}${String(hours)}h${String(minutes)}m${seconds}s`;
  return minutes > 0 ? `${sign}${String(minutes)}m${seconds}s` : `${sign}${seconds}s`;
}
