import { type Policies, PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import { textsOf, unveiled } from "./marks.ts";
import type { Rule } from "./rule.ts";
import { RULES } from "./rules.ts";
import { newSecretRules, type SecretRule } from "./rules/secrets.ts";

/** What a stack of this project may never be; the engine asks before it makes or changes anything. */
export const policies: Policies = [...RULES.map(policyOf), ...newSecretRules().map(secretPolicyOf)];

new PolicyPack("sso", { enforcementLevel: "mandatory", policies });

function policyOf({ name, refuses, tokens, check }: Rule): ResourceValidationPolicy {
  return {
    name,
    description: `Refused: ${refuses}.`,
    validateResource: ({ type, urn, name: resource, opts, props }, report) => {
      if (!tokens.includes(type)) return;
      const checked = { stack: stackOf(urn), name: resource, isProtected: opts.protect, inputs: props };
      for (const fault of check(checked)) report(fault);
    },
  };
}

/**
 * What is marked as secret is shown to remediations alone, so the check is one that mends nothing; what it found is
 * reported when the engine asks for violations, which it does next.
 */
function secretPolicyOf({ name, refuses, check }: SecretRule): ResourceValidationPolicy {
  const found = new Map<string, readonly string[]>();
  return {
    name,
    description: `Refused: ${refuses}.`,
    enforcementLevel: "remediate",
    remediateResource: ({ type, urn, name: resource, props }) => {
      found.set(urn, check({ token: type, name: resource, texts: textsOf(unveiled(props)) }));
    },
    validateResource: ({ urn }, report) => {
      const faults = found.get(urn);
      if (faults === undefined) throw new Error(`${name}: the engine did not show the secrets of ${urn}`);
      for (const fault of faults) report(fault);
    },
  };
}

/** Name of the stack in `urn:pulumi:STACK::PROJECT::…`. */
function stackOf(urn: string): string {
  return urn.split("::")[0]?.split(":")[2] ?? "";
}
