import { z } from "zod";
import { derivationSettings } from "./derive.ts";
import { settingsBesideSecrets } from "./schema.ts";

/** Pulumi project whose namespace the settings are in. */
const NAMESPACE = "sso";

/** A node of a JSON Schema. */
type Node = Readonly<Record<string, unknown>>;

/**
 * JSON Schema of a whole stack file, for completion and checks in editors. Made from the same source as the
 * validation itself. A file that goes by another one (`from`) may leave out anything.
 */
export function stackFileSchema(): object {
  const settings = schemaOf(settingsBesideSecrets);
  const derivation = schemaOf(derivationSettings);
  const whole = prefixed({ properties: settings.properties, required: settings.required });
  const partly = partial({ properties: settings.properties, required: [] }) as Parts;
  const apart = prefixed({
    properties: { ...(derivation.properties as Node), ...(partly.properties as Node) },
    required: ["from"],
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Stack file of a community's single sign-on service",
    type: "object",
    properties: {
      config: {
        type: "object",
        if: { required: [`${NAMESPACE}:from`] },
        then: apart,
        else: whole,
      },
    },
  };
}

function schemaOf(schema: z.ZodType): Parts {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
}

interface Parts {
  readonly properties?: unknown;
  readonly required?: unknown;
}

/** The same with the namespace before each key. */
function prefixed({ properties, required }: Parts): Node {
  return {
    properties: Object.fromEntries(
      Object.entries(properties as Node).map(([key, value]) => [`${NAMESPACE}:${key}`, value]),
    ),
    required: (required as readonly string[]).map((key) => `${NAMESPACE}:${key}`),
    // Other namespaces belong to Pulumi and its plugins.
    patternProperties: { [`^(?!${NAMESPACE}:)`]: {} },
    additionalProperties: false,
  };
}

/** The same with nothing required. What fitted one alternative may then fit several. */
function partial(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(partial);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !(key === "required" && Array.isArray(value)))
      .map(([key, value]) => [key === "oneOf" ? "anyOf" : key, partial(value)]),
  );
}
