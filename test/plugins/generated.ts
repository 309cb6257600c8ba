/** Values that are new with every deployment or set by the test, so that only their presence can be compared. */

export interface Generated {
  /** `<moment> <urn> <path>`, `*` standing for anything. */
  readonly pattern: string;
  readonly reason: string;
}

export const generatedValues: readonly Generated[] = [
  { pattern: "* random:*::* outputs.*result*", reason: "random" },
  { pattern: "* random:*::* outputs.bcryptHash*", reason: "random" },
  { pattern: "* random:*::* outputs.b64*", reason: "random" },
  { pattern: "* random:*::* outputs.base64*", reason: "random" },
  { pattern: "* random:*::* outputs.dec", reason: "random" },
  { pattern: "* random:*::* outputs.hex*", reason: "random" },
  { pattern: "* random:*::* outputs.id", reason: "random" },
  { pattern: "* random:*::* id", reason: "random" },
  {
    pattern: "* docker:*::* outputs.networkDatas*.ipPrefixLength",
    reason: "the engine chooses its networks",
  },
  {
    pattern: "* pulumi:providers:keycloak::kc *puts.clientTimeout",
    reason: "longer on purpose, see parity-run.ts",
  },
  { pattern: "* keycloak:openid/client:Client::generated outputs.clientSecret*", reason: "random" },
  { pattern: "* docker:*::kc *puts.waitTimeout", reason: "longer on purpose, see parity-run.ts" },
  { pattern: "* docker:*::kc *puts.healthcheck.retries", reason: "longer on purpose, see parity-run.ts" },
];
