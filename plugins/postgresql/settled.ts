import type { Found, Properties } from "../core/definition.ts";
import { PartialError } from "../core/errors.ts";

/**
 * Reads a resource back after a change. The change stands even if that fails, so it then goes into the state as it
 * was asked for.
 */
export async function settled(
  id: string,
  inputs: Properties,
  read: () => Promise<Found | undefined>,
): Promise<Found> {
  const found = await read().catch((error: unknown) => {
    throw new PartialError(`it was made, but not read back: ${(error as Error).message}`, {
      id,
      state: inputs,
    });
  });
  if (found === undefined) throw new Error(`${id} was made, but is gone already: something else removes it`);
  return found;
}
