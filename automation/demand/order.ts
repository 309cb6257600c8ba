import { OperatorError } from "../fail.ts";

/** Stacks on demand are told from others by how they are called. */
const PREFIX = "od-";

/**
 * A name without dashes: everything of a stack on the host begins with `sso-od-NAME-`, and that of another one must not.
 */
const NAME = /^[a-z][a-z0-9]{0,19}$/;

const MINUTE_MS = 60_000;

const UNITS_MS: Readonly<Record<string, number>> = {
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 24 * 60 * MINUTE_MS,
};

const SHORTEST_MS = 5 * MINUTE_MS;
const LONGEST_MS = 30 * 24 * 60 * MINUTE_MS;

/**
 * The Pulumi stack of a name, such as `od-login` of `login`; the whole may be given, too.
 *
 * @throws {OperatorError} when it cannot be a name
 */
export function stackOf(name: string): string {
  const own = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
  if (!NAME.test(own))
    throw new OperatorError(
      `name ${name}: not a name; give 1 to 20 lower-case letters and digits, beginning with a letter`,
    );
  return `${PREFIX}${own}`;
}

/** The name of a stack on demand, such as `login` of `od-login`. */
export function nameOf(stack: string): string {
  return stack.slice(PREFIX.length);
}

/**
 * Milliseconds of a time to live, such as `90m`, `8h` or `2d`.
 *
 * @throws {OperatorError} when it is none, under five minutes, or over thirty days
 */
export function lifeOf(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const life = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  if (!(life >= SHORTEST_MS && life <= LONGEST_MS))
    throw new OperatorError(`time to live ${text}: give one from 5m to 30d, such as 90m, 8h or 2d`);
  return life;
}

/** A span of time as people say it: `7 h 59 min`. */
export function spanText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE_MS));
  const parts = [
    [Math.floor(minutes / 1440), "d"],
    [Math.floor(minutes / 60) % 24, "h"],
    [minutes % 60, "min"],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.length === 0 ? "0 min" : shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}
