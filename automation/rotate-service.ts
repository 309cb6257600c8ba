import type * as automation from "@pulumi/pulumi/automation/index.js";
import {
  clientIdOf,
  generationsOf,
  newestClientIdOf,
  presetOf,
} from "../components/realm/services/presets.ts";
import { type Path, stepInto, valueAt } from "../components/settings/paths.ts";
import { OperatorError } from "./fail.ts";
import { callFor, type FoundService } from "./find-service.ts";
import { ownConfig } from "./stack-settings.ts";
import { explained } from "./workspace.ts";

/**
 * Begins to rotate a service's secret: writes one more generation of its client into the stack file, unless it is there
 * since an `up` was cut off. Both are good from the next `up` on. Pulumi itself writes the file, so comments in it stay.
 *
 * @param clientIds those of the service that are up
 * @throws {OperatorError} when it has no secret or is being rotated already
 */
export async function beginRotation(
  stack: automation.Stack,
  found: FoundService,
  clientIds: readonly string[],
): Promise<void> {
  const { service } = found;
  const { name } = service;
  const preset = presetOf(service);
  if (preset.protocol === "saml" || preset.client.access === "public")
    throw new OperatorError(`service ${name} has no secret to rotate`);
  const [current = 1, next] = generationsOf(service);
  if (next !== undefined) {
    if (!clientIds.includes(clientIdOf(service, next))) return;
    throw new OperatorError(
      `service ${name} is being rotated already; its new login: ${callFor("show", found, stack.name)} --secret\n` +
        `Once it uses that, run: ${callFor("rotate", found, stack.name)} --finish`,
    );
  }
  const { path, names } = await placeOf(stack, found);
  const generations = [current, current + 1].map((generation, index) => [
    `${path}.generations[${index}]`,
    String(generation),
  ]);
  const values = [...names, ...generations].map(([key, value]) => [key, { value }]);
  await explained(stack.name, () =>
    stack.setAllConfig(Object.fromEntries(values) as automation.ConfigMap, true),
  );
}

/**
 * Ends it: takes the older generation out of the stack file, unless it is gone since an `up` was cut off. Only the newer
 * one is good from the next `up` on.
 *
 * @param clientIds those of the service that are up
 * @throws {OperatorError} when it is not being rotated, or its new login is not up, which the service cannot use then
 */
export async function finishRotation(
  stack: automation.Stack,
  found: FoundService,
  clientIds: readonly string[],
): Promise<void> {
  const { service } = found;
  if (generationsOf(service).length < 2) {
    if (clientIds.length > 1) return;
    throw new OperatorError(
      `service ${service.name} is not being rotated; run: ${callFor("rotate", found, stack.name)}`,
    );
  }
  if (!clientIds.includes(newestClientIdOf(service)))
    throw new OperatorError(
      `the new login of service ${service.name} is not up yet, so it cannot use it; ` +
        `run: ${callFor("rotate", found, stack.name)} --secret`,
    );
  const { path, isThere } = await placeOf(stack, found);
  if (!isThere)
    throw new OperatorError(
      `service ${service.name} is being rotated by the file that Pulumi.${stack.name}.yaml is from; finish it there`,
    );
  await explained(stack.name, () => stack.removeConfig(`${path}.generations[0]`, true));
}

/**
 * Where the stack's own file says something of a service. A file that goes by another one lists what differs, so it may
 * say nothing yet: `names` are what it must say then to name the service.
 */
async function placeOf(
  stack: automation.Stack,
  { realm, service, path }: FoundService,
): Promise<{ path: string; names: (readonly [string, string])[]; isThere: boolean }> {
  const own = await ownConfig(stack);
  if (own.from === undefined) return { path, names: [], isThere: true };
  const realms = listAt(own, ["realms"]);
  const at = stepInto(realms, "realms", realm.name) ?? realms.length;
  const services = listAt(realms, [at, "services"]);
  const index = stepInto(services, "services", service.name) ?? services.length;
  const inRealm = `sso:realms[${at}]`;
  const inService = `${inRealm}.services[${index}]`;
  return {
    path: inService,
    names: [
      [`${inRealm}.name`, realm.name],
      [`${inService}.name`, service.name],
    ],
    isThere: listAt(services, [index, "generations"]).length > 1,
  };
}

function listAt(values: unknown, path: Path): readonly unknown[] {
  const found = valueAt(values, path);
  return Array.isArray(found) ? found : [];
}
