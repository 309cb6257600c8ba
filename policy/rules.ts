import type { Rule } from "./rule.ts";
import { clientRules } from "./rules/clients.ts";
import { hardeningRules } from "./rules/hardening.ts";
import { hostAccessRules } from "./rules/host-access.ts";
import { imageRules } from "./rules/images.ts";
import { networkRules } from "./rules/networks.ts";
import { portRules } from "./rules/ports.ts";
import { realmRules } from "./rules/realms.ts";
import { statefulRules } from "./rules/stateful.ts";

/** All rules about what resources are asked to be; those about secrets stand in `rules/secrets.ts`. */
export const RULES: readonly Rule[] = [
  ...portRules,
  ...hardeningRules,
  ...hostAccessRules,
  ...imageRules,
  ...networkRules,
  ...statefulRules,
  ...realmRules,
  ...clientRules,
];
