/** Durations as Go writes them (`1m30s`), which is how Docker's healthchecks are set; the engine takes nanoseconds. */

const nanosecondsPer: Readonly<Record<string, number>> = {
  h: 3600e9,
  m: 60e9,
  s: 1e9,
  ms: 1e6,
  us: 1e3,
  µs: 1e3,
  ns: 1,
};

const whole = /^(\d+(\.\d+)?(h|ms|m|us|µs|ns|s))+$/;

/** Nanoseconds; `undefined` where the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!whole.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|us|µs|ns|s)/g);
  return [...parts].reduce(
    (sum, [, size, unit]) => sum + Number(size) * (nanosecondsPer[unit ?? ""] ?? 0),
    0,
  );
}

/** Go's form, as the official plugin keeps it in the state. */
export function formatDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  const small = (["ns", "µs", "ms"] as const).find(
    (unit) => nanoseconds < 1000 * (nanosecondsPer[unit] ?? 0),
  );
  if (small !== undefined) return `${String(nanoseconds / (nanosecondsPer[small] ?? 1))}${small}`;
  const hours = Math.floor(nanoseconds / 3600e9);
  const minutes = Math.floor((nanoseconds % 3600e9) / 60e9);
  const seconds = `${String((nanoseconds % 60e9) / 1e9)}s`;
  if (hours > 0) return `${String(hours)}h${String(minutes)}m${seconds}`;
  return minutes > 0 ? `${String(minutes)}m${seconds}` : seconds;
}

/** Whether two texts stand for the same time. */
export function sameDuration(a: string, b: string): boolean {
  return a === b || (parseDuration(a) !== undefined && parseDuration(a) === parseDuration(b));
}
