/** What a handler is given. */
import type { Properties } from "./definition.ts";
import { withoutDefaults } from "./check.ts";
import { lower, raise } from "./raw.ts";
import type { ObjectType } from "./schema.ts";
import { isReserved, pick } from "./values.ts";

/** Handlers see what is set, with every default and with sets in order. */
export function handlerInputs(type: ObjectType, inputs: Properties): Properties {
  const completed = withPlanDefaults(type, withoutDefaults(inputs));
  return pick(lower(type, raise(type, completed)), completed);
}

function withPlanDefaults(type: ObjectType, inputs: Properties): Properties {
  const defaults = type.properties.flatMap(({ name, input, default: value }) =>
    input && value !== undefined ? [[name, value] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...inputs };
}

/** A state without what the bridge keeps in it for itself. */
export function plainState(state: Properties): Properties {
  return Object.fromEntries(Object.entries(state).filter(([key]) => !isReserved(key)));
}
