import { TOKENS } from "./rule.ts";
import { STATEFUL_VOLUMES } from "./services.ts";

/** Types of which every resource holds what people would miss. */
const STATEFUL_TYPES: readonly string[] = [TOKENS.realm, TOKENS.federation, TOKENS.database];

/**
 * Whether accounts, keys or realms go with a resource.
 *
 * @param token type of the resource
 * @param name name of the thing, whose end tells volumes apart, whatever their stack
 */
export function isStateful(token: string, name: string): boolean {
  if (token === TOKENS.volume) return STATEFUL_VOLUMES.some((role) => name.endsWith(`-${role}`));
  return STATEFUL_TYPES.includes(token);
}
