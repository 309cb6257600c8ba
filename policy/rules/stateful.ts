import { THROWAWAY_STACKS } from "../exceptions.ts";
import { type Rule, rule, TOKENS } from "../rule.ts";
import { isStateful, STATEFUL } from "../stateful.ts";

/** Whether a stack holds what people would miss: all do but the listed ones. */
const isKept = (stack: string): boolean => !THROWAWAY_STACKS.some((pattern) => pattern.test(stack));

const REMEDY = "take sso:protect: false out of the stack file";

export const statefulRules: readonly Rule[] = [
  rule(
    "protected-volumes",
    "a volume with data or keys that Pulumi would delete, in any stack but throwaway ones",
    ["volume"],
    ({ stack, isProtected, inputs, name }) => [
      isKept(stack) &&
        !isProtected &&
        isStateful(TOKENS.volume, inputs.name ?? name) &&
        `volume ${inputs.name ?? name} is not protected; ${REMEDY}`,
    ],
  ),
  rule(
    "protected-realms",
    "a realm, a federation, an identity provider or a database that Pulumi would delete, in any stack but throwaway ones",
    STATEFUL,
    ({ stack, isProtected, name }) => [
      isKept(stack) && !isProtected && `${name} is not protected; ${REMEDY}`,
    ],
  ),
];
