import type * as automation from "@pulumi/pulumi/automation/index.js";
import { ownPart, parseSettings, SettingsError } from "../components/settings/parse.ts";
import type { Settings } from "../components/settings/schema.ts";
import { OperatorError } from "./fail.ts";
import { explained } from "./workspace.ts";

/** Pulumi project whose namespace the settings are in. */
const PROJECT_NAME = "sso";

/**
 * What a stack's file says, secrets included.
 *
 * @throws {OperatorError} naming every fault of the file
 */
export async function readStackSettings(stack: automation.Stack): Promise<Settings> {
  const config = await explained(stack.name, () => stack.getAllConfig());
  return checkedSettings(
    stack.name,
    Object.entries(config).map(([key, { value }]) => [key, value]),
  );
}

/**
 * Checks a stack file's `config`.
 *
 * @param config values by key, ours and others
 * @throws {OperatorError} naming every fault of the file
 */
export function checkedSettings(
  stackName: string,
  config: readonly (readonly [string, unknown])[],
): Settings {
  try {
    return parseSettings(stackName, ownPart(PROJECT_NAME, config));
  } catch (error) {
    if (error instanceof SettingsError) throw new OperatorError(error.message);
    throw error;
  }
}
