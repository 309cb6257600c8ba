/** What a program says of a resource, checked and completed: types, defaults, names. */
import { createHash, randomBytes } from "node:crypto";
import { coerce, type Failure } from "./coerce.ts";
import type { Properties, ResourceType, Value } from "./definition.ts";
import type { ObjectType, Type } from "./schema.ts";
import { DEFAULTS, isObject, isZero } from "./values.ts";

/** How Pulumi asks for resources to be named (`pulumi:autonaming`). */
export type Autonaming =
  | { readonly mode: "propose" | "enforce"; readonly proposed: string }
  | { readonly mode: "disable"; readonly proposed?: never };

export interface CheckRequest {
  /** The resource's logical name. */
  readonly name: string;
  /** The inputs of the last deployment; empty for a new resource. */
  readonly olds: Properties;
  readonly news: Properties;
  /** Makes generated names the same in preview and update. */
  readonly randomSeed?: Uint8Array;
  readonly autonaming?: Autonaming;
}

export interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly Failure[];
}

/** Inputs with defaults and a name, and all their faults. */
export function check<Client>(
  definition: ResourceType<Client>,
  type: ObjectType,
  request: CheckRequest,
): Checked {
  const failures: Failure[] = [];
  const coerced = coerce(type, request.news, failures);
  const named = nameOf(definition, coerced, request);
  const inputs = definition.framework === true ? coerced : complete(type, coerced, request.olds, named);
  if (failures.length > 0) return { inputs, failures };
  return { inputs, failures: definition.validate?.(withoutDefaults(inputs)) ?? [] };
}

/** Inputs without the lists of what was filled in. */
export function withoutDefaults(properties: Properties): Properties {
  const plain = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(plain);
    if (!isObject(value)) return value;
    const entries = Object.entries(value).filter(([key]) => key !== DEFAULTS);
    return Object.fromEntries(entries.map(([key, each]) => [key, plain(each)]));
  };
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => key !== DEFAULTS)
      .map(([key, value]) => [key, plain(value)]),
  );
}

/** Fills in defaults at every object level and lists them there. */
function complete(
  type: ObjectType,
  values: Properties,
  olds: Properties,
  named: Properties = {},
): Properties {
  const completed: Properties = {};
  for (const [name, value] of Object.entries(values)) {
    const of = type.byName.get(name)?.type;
    completed[name] = of === undefined ? value : completeValue(of, value, olds[name] ?? null);
  }
  const filled = { ...defaultsFor(type, values, olds), ...named };
  return { ...completed, ...filled, [DEFAULTS]: Object.keys(filled).sort() };
}

function completeValue(type: Type, value: Value, old: Value): Value {
  if (type.kind === "object")
    return isObject(value) ? complete(type, value, isObject(old) ? old : {}) : value;
  if (type.kind !== "list" && type.kind !== "set") return value;
  if (type.single) return completeValue(type.element, value, old);
  if (!Array.isArray(value)) return value;
  return value.map((each, at) =>
    completeValue(type.element, each, Array.isArray(old) ? (old[at] ?? null) : null),
  );
}

function defaultsFor(type: ObjectType, values: Properties, olds: Properties): Properties {
  const filled: Properties = {};
  for (const { name, default: value, input, quiet } of type.properties) {
    if (value === undefined || !input || quiet || name in values) continue;
    // A default once filled in stays, even if a later version of the plugin has another.
    const old = wasDefault(olds, name) ? olds[name] : undefined;
    if (old !== undefined && old !== null) filled[name] = old;
    else if (!isZero(value)) filled[name] = value;
  }
  return filled;
}

function wasDefault(olds: Properties, name: string): boolean {
  const defaults = olds[DEFAULTS];
  return Array.isArray(defaults) ? defaults.includes(name) : name in olds;
}

function nameOf<Client>(
  { autoName }: ResourceType<Client>,
  values: Properties,
  request: CheckRequest,
): Properties {
  if (autoName === undefined || autoName in values) return {};
  const old = request.olds[autoName];
  if (typeof old === "string" && wasDefault(request.olds, autoName)) return { [autoName]: old };
  const { autonaming } = request;
  if (autonaming?.mode === "disable") return {};
  return { [autoName]: autonaming?.proposed ?? `${request.name}-${sevenDigits(request.randomSeed)}` };
}

function sevenDigits(seed: Uint8Array | undefined): string {
  const bytes =
    seed === undefined || seed.length === 0 ? randomBytes(4) : createHash("sha256").update(seed).digest();
  return bytes.toString("hex").slice(0, 7);
}
