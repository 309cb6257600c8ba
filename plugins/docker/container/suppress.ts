/** Differences between state and program that mean nothing to the engine. */
import type { Properties, Value } from "../../core/definition.ts";
import { isObject, isZero } from "../../core/values.ts";
import { number, text } from "../values.ts";
import { sameDuration } from "./duration.ts";
import { samePorts } from "./ports.ts";

type Sameness = (old: Value, next: Value, inputs: Properties) => boolean;

/** The image's own value holds as long as the program says nothing. */
const unsetMeansImage: Sameness = (_old, next) => isZero(next);

const sameness: Readonly<Record<string, Sameness>> = {
  cpus: (old, next) => Number(text(old)) === Number(text(next)),
  healthcheck: (old, next) => isObject(old) && isObject(next) && sameCheck(old, next),
  // Without a wish the engine allows as much swap as memory, and older states say so.
  memorySwap: (old, next, inputs) => isZero(next) && number(old) === 2 * number(inputs.memory),
  ports: samePorts,
  user: unsetMeansImage,
  workingDir: unsetMeansImage,
};

/** Whether `old` and `next` are the same to the engine. */
export function suppress(property: string, old: Value, next: Value, inputs: Properties): boolean {
  return sameness[property]?.(old, next, inputs) ?? false;
}

function sameCheck(old: Properties, next: Properties): boolean {
  const times = ["interval", "timeout", "startPeriod", "startInterval"];
  return (
    JSON.stringify(old.tests) === JSON.stringify(next.tests) &&
    number(old.retries) === number(next.retries) &&
    times.every((time) => sameDuration(text(old[time]) || "0s", text(next[time]) || "0s"))
  );
}
