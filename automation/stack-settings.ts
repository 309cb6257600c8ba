import type * as automation from "@pulumi/pulumi/automation/index.js";
import { parseSettings, plain, SettingsError } from "../components/settings/parse.ts";
import type { Settings } from "../components/settings/schema.ts";
import { OperatorError } from "./fail.ts";
import { explained } from "./workspace.ts";

/** Pulumi project whose namespace the settings are in. */
const NAMESPACE = "sso:";

/**
 * What a stack's file says, secrets included.
 *
 * @throws {OperatorError} naming every fault of the file
 */
export async function readStackSettings(stack: automation.Stack): Promise<Settings> {
  const config = await explained(stack.name, () => stack.getAllConfig());
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith(NAMESPACE))
    .map(([key, { value }]): [string, unknown] => [key.slice(NAMESPACE.length), plain(value)]);
  try {
    return parseSettings(stack.name, Object.fromEntries(own));
  } catch (error) {
    if (error instanceof SettingsError) throw new OperatorError(error.message);
    throw error;
  }
}
