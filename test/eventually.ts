import { setTimeout as sleep } from "node:timers/promises";

/** How long to wait, and how long between two looks, in milliseconds. */
export interface Patience {
  /** @default 60,000 */
  readonly withinMs?: number;
  /** @default 200 */
  readonly everyMs?: number;
}

type Found<T> = Exclude<T, undefined | false>;

/**
 * Looks until there is something: neither `undefined` nor `false`. What a look throws ends it.
 *
 * @param what is waited for, as the error shall say; as a function, asked at the end
 * @throws when there is nothing in time
 */
export async function eventually<T>(
  what: string | (() => string),
  look: () => T | Promise<T>,
  { withinMs = 60_000, everyMs = 200 }: Patience = {},
): Promise<Found<T>> {
  for (const end = Date.now() + withinMs; ;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Found<T>;
    if (Date.now() > end)
      throw new Error(`not within ${withinMs} ms: ${typeof what === "string" ? what : what()}`);
    await sleep(everyMs);
  }
}
