import { roleOf } from "./container.ts";
import { TOKENS } from "./rule.ts";
import { STATEFUL_VOLUMES } from "./services.ts";

/** Types of which every resource holds what people would miss. */
const STATEFUL_TYPES: readonly string[] = [TOKENS.realm, TOKENS.federation, TOKENS.database];

/**
 * Whether accounts, keys or realms go with a resource.
 *
 * @param token type of the resource
 * @param name name of the thing, which tells volumes apart
 */
export function isStateful(token: string, name: string): boolean {
  if (token === TOKENS.volume) return roleOf(name, STATEFUL_VOLUMES) !== undefined;
  return STATEFUL_TYPES.includes(token);
}
