import type * as automation from "@pulumi/pulumi/automation/index.js";
import { generationsOf, presetOf } from "../components/realm/services/presets.ts";
import { OperatorError } from "./fail.ts";
import { callFor, type FoundService } from "./find-service.ts";
import { explained } from "./workspace.ts";

/**
 * Begins to rotate a service's secret: writes one more generation of its client into the stack file. Both are good
 * from the next `up` on. Pulumi itself writes the file, so comments in it stay.
 *
 * @throws {OperatorError} when it has no secret or is being rotated already
 */
export async function beginRotation(stack: automation.Stack, found: FoundService): Promise<void> {
  const { service, path } = found;
  const { name } = service;
  const preset = presetOf(service);
  if (preset.protocol === "saml" || preset.client.access === "public")
    throw new OperatorError(`service ${name} has no secret to rotate`);
  const [current = 1, next] = generationsOf(service);
  if (next !== undefined) {
    throw new OperatorError(
      `service ${name} is being rotated already; its new login: ${callFor("show", found, stack.name)} --secret\n` +
        `Once it uses that, run: ${callFor("rotate", found, stack.name)} --finish`,
    );
  }
  const generations = [current, current + 1].map((generation, index): [string, automation.ConfigValue] => [
    `${path}.generations[${index}]`,
    { value: String(generation) },
  ]);
  await explained(stack.name, () => stack.setAllConfig(Object.fromEntries(generations), true));
}

/**
 * Ends it: takes the older generation out of the stack file. Only the newer one is good from the next `up` on.
 *
 * @throws {OperatorError} when it is not being rotated
 */
export async function finishRotation(stack: automation.Stack, found: FoundService): Promise<void> {
  const { service, path } = found;
  if (generationsOf(service).length < 2)
    throw new OperatorError(
      `service ${service.name} is not being rotated; run: ${callFor("rotate", found, stack.name)}`,
    );
  await explained(stack.name, () => stack.removeConfig(`${path}.generations[0]`, true));
}
