import type { PackageSchema, Properties, PropertySchema, Value } from "../core/definition.ts";
import recorded from "./schema.json" with { type: "json" };

/** The official schema of the docker package. */
export const schema = recorded as unknown as PackageSchema;

/** What Terraform's SDK takes for "not set": the zero value of a property's type; null for single objects. */
export function zeroOf(property: PropertySchema | undefined): Value {
  switch (property?.type) {
    case "boolean":
      return false;
    case "integer":
    case "number":
      return 0;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return property?.$ref === undefined ? "" : null;
  }
}

/**
 * A block of a set as it stands in the state after a read, although no engine tells it: the SDK writes all of a
 * set anew and then knows no nulls.
 * @param token the block's type
 */
export function withZeros(token: string, block: Properties): Properties {
  const properties = schema.types[token]?.properties ?? {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, block[name] ?? zeroOf(property)]),
  );
}
