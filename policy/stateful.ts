import { type Token, TOKENS } from "./rule.ts";
import { STATEFUL_VOLUMES } from "./services.ts";

/** Types of which every resource holds what people would miss: with an identity provider go all links to it. */
export const STATEFUL = [
  "realm",
  "federation",
  "database",
  "oidcProvider",
  "githubProvider",
  "googleProvider",
  "samlProvider",
] as const satisfies readonly Token[];

/**
 * Whether accounts, keys or realms go with a resource.
 *
 * @param token type of the resource
 * @param name name of the thing, whose end tells volumes apart, whatever their stack
 */
export function isStateful(token: string, name: string): boolean {
  if (token === TOKENS.volume) return STATEFUL_VOLUMES.some((role) => name.endsWith(`-${role}`));
  return STATEFUL.some((each) => TOKENS[each] === token);
}
