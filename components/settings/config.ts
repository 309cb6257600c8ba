import * as pulumi from "@pulumi/pulumi";
import { ownPart, parseSettings, SettingsError } from "./parse.ts";
import { stackFilesIn } from "./stack-file.ts";
import type { Settings } from "./schema.ts";

/**
 * The settings of the stack that is running: the only place that reads Pulumi's configuration.
 *
 * @throws {pulumi.RunError} naming every fault of the stack file and of the files that it names at once
 */
export function readSettings(): Settings {
  const project = pulumi.getProject();
  const folder = process.cwd();
  const own = ownPart(project, Object.entries(pulumi.runtime.allConfig()));
  try {
    return parseSettings(pulumi.getStack(), own, stackFilesIn(folder, project), folder);
  } catch (error) {
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
