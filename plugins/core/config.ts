/** A plugin's configuration: the engine sends everything but strings as JSON text. */
import { coerce, type Failure } from "./coerce.ts";
import { UNKNOWN, type PackageSchema, type Properties, type Value } from "./definition.ts";
import type { ObjectType } from "./schema.ts";

/** Keys the engine keeps among a provider's inputs. */
const engineKeys = new Set(["version", "pluginDownloadURL", "__internal"]);

/** Typed configuration with environment and schema defaults; faults are added to `failures`. */
export function readConfig(
  schema: PackageSchema,
  type: ObjectType,
  inputs: Properties,
  environment: NodeJS.ProcessEnv,
  failures: Failure[],
): Properties {
  const given = Object.entries(inputs).filter(([key]) => !engineKeys.has(key));
  const parsed = given.map(([key, value]): [string, Value] => {
    return [key, type.byName.get(key)?.type.kind === "string" ? value : parse(value)];
  });
  return coerce(type, { ...defaults(schema, environment), ...Object.fromEntries(parsed) }, failures);
}

function parse(value: Value): Value {
  if (typeof value !== "string" || value === UNKNOWN || value === "") return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    // Not every caller encodes; `coerce` says what is wrong with text that is no JSON.
    return value;
  }
}

function defaults(schema: PackageSchema, environment: NodeJS.ProcessEnv): Properties {
  const found: Properties = {};
  for (const [name, property] of Object.entries(schema.provider.inputProperties ?? {})) {
    const variables = property.defaultInfo?.environment ?? [];
    const fromEnvironment = variables
      .map((each) => environment[each])
      .find((each) => each !== undefined && each !== "");
    const value = fromEnvironment ?? property.default;
    if (value !== undefined) found[name] = value;
  }
  return found;
}
