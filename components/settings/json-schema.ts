import { z } from "zod";
import { stackSettings } from "./schema.ts";

/** Pulumi project whose namespace the settings are in. */
const NAMESPACE = "sso";

/**
 * JSON Schema of a whole stack file, for completion and checks in editors. Made from the same source as the
 * validation itself.
 */
export function stackFileSchema(): object {
  const { properties, required, $defs } = z.toJSONSchema(stackSettings, {
    io: "input",
    unrepresentable: "any",
  });
  const prefixed = (key: string): string => `${NAMESPACE}:${key}`;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Stack file of a community's single sign-on service",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(
          Object.entries(properties ?? {}).map(([key, value]) => [prefixed(key), value]),
        ),
        required: (required ?? []).map(prefixed),
        // Other namespaces belong to Pulumi and its plugins.
        patternProperties: { [`^(?!${NAMESPACE}:)`]: {} },
        additionalProperties: false,
      },
    },
    ...($defs === undefined ? {} : { $defs }),
  };
}
