import type * as automation from "@pulumi/pulumi/automation/index.js";
import { generationsOf, presetOf } from "../components/realm/services/presets.ts";
import { OperatorError } from "./fail.ts";
import type { FoundService } from "./find-service.ts";
import { explained } from "./workspace.ts";

/**
 * Begins to rotate a service's secret: writes one more generation of its client into the stack file. Both are good
 * from the next `up` on.
 *
 * @throws {OperatorError} when it has no secret or is being rotated already
 */
export async function beginRotation(stack: automation.Stack, { service, path }: FoundService): Promise<void> {
  const preset = presetOf(service);
  if (preset.protocol === "saml" || preset.client.access === "public")
    throw new OperatorError(`service ${service.name} has no secret to rotate`);
  const [current = 1, next] = generationsOf(service);
  if (next !== undefined) {
    throw new OperatorError(
      `service ${service.name} is being rotated already: once it uses its new login, ` +
        `run: npm run services -- rotate ${service.name} ${stack.name} --finish`,
    );
  }
  await writeGenerations(stack, path, [current, current + 1]);
}

/**
 * Ends it: takes the older generation out of the stack file. Only the newer one is good from the next `up` on.
 *
 * @throws {OperatorError} when it is not being rotated
 */
export async function finishRotation(
  stack: automation.Stack,
  { service, path }: FoundService,
): Promise<void> {
  const [, next] = generationsOf(service);
  if (next === undefined) throw new OperatorError(`service ${service.name} is not being rotated`);
  await writeGenerations(stack, path, [next]);
  await explained(stack.name, () => stack.removeConfig(`${path}.generations[1]`, true));
}

/** Pulumi itself writes the stack file, so comments in it stay. */
async function writeGenerations(
  stack: automation.Stack,
  path: string,
  generations: readonly number[],
): Promise<void> {
  const values = generations.map((generation, index) => [
    `${path}.generations[${index}]`,
    { value: String(generation) },
  ]);
  await explained(stack.name, () =>
    stack.setAllConfig(Object.fromEntries(values) as automation.ConfigMap, true),
  );
}
