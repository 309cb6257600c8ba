import * as pulumi from "@pulumi/pulumi";
import { parseSettings, plain, SettingsError } from "./parse.ts";
import type { Settings } from "./schema.ts";

/**
 * The settings of the stack that is running: the only place that reads Pulumi's configuration.
 *
 * @throws {pulumi.RunError} naming every fault of the stack file at once
 */
export function readSettings(): Settings {
  const namespace = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(namespace))
    .map(([key, value]): [string, unknown] => [key.slice(namespace.length), plain(value)]);
  try {
    return parseSettings(pulumi.getStack(), Object.fromEntries(own));
  } catch (error) {
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
