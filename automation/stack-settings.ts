import * as path from "node:path";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import type { RawSettings } from "../components/settings/derive.ts";
import { missingSecrets, ownPart, parseSettings, SettingsError } from "../components/settings/parse.ts";
import type { Settings } from "../components/settings/schema.ts";
import { placeholderSecrets, type SecretName } from "../components/settings/secrets.ts";
import { configIn, stackFilesIn } from "../components/settings/stack-file.ts";
import { OperatorError } from "./fail.ts";
import { stackFileOf } from "./project.ts";
import { explained } from "./workspace.ts";

/** Pulumi project whose namespace the settings are in. */
const PROJECT_NAME = "sso";

const SECRETS = `${PROJECT_NAME}:secrets`;

/**
 * What a stack says, secrets included.
 *
 * @throws {OperatorError} naming every fault of its file
 */
export async function readStackSettings(stack: automation.Stack): Promise<Settings> {
  const own = await ownConfig(stack);
  const { workDir } = stack.workspace;
  return refused(() => parseSettings(stack.name, own, stackFilesIn(workDir, PROJECT_NAME)));
}

/** What its own file says, secrets included, without what it takes from another one. */
export async function ownConfig(stack: automation.Stack): Promise<RawSettings> {
  const config = await explained(stack.name, () => stack.getAllConfig());
  return ownPart(
    PROJECT_NAME,
    Object.entries(config).map(([key, { value }]) => [key, value]),
  );
}

/**
 * The secrets that a stack file calls for and has not, by what is written in the file alone: this needs no passphrase,
 * no state and no host.
 *
 * @throws {OperatorError} naming every other fault of the file, and of the files that it names
 */
export function missingSecretsOf(stackName: string): SecretName[] {
  const folder = path.dirname(stackFileOf(stackName));
  return refused(() =>
    missingSecrets(
      stackName,
      ownPart(PROJECT_NAME, configIn(folder, stackName)),
      stackFilesIn(folder, PROJECT_NAME),
      folder,
    ),
  );
}

/**
 * What a stack file says, placeholders in the place of its secrets. It needs no passphrase, no state and no host.
 *
 * @param folder where the file is. @default where the stack's program is
 * @throws {OperatorError} naming every fault of the file but missing secrets
 */
export function settingsWithoutSecrets(
  stackName: string,
  folder = path.dirname(stackFileOf(stackName)),
): Settings {
  const own = ownPart(PROJECT_NAME, Object.entries(configWithoutSecrets(stackName, folder)));
  return refused(() => parseSettings(stackName, own, stackFilesIn(folder, PROJECT_NAME)));
}

/** The `config` of a stack file, placeholders in the place of all secrets that it calls for. */
export function configWithoutSecrets(
  stackName: string,
  folder = path.dirname(stackFileOf(stackName)),
): Readonly<Record<string, unknown>> {
  return refused(() => {
    const config = configIn(folder, stackName).filter(([key]) => key !== SECRETS);
    const missing = missingSecrets(
      stackName,
      ownPart(PROJECT_NAME, config),
      stackFilesIn(folder, PROJECT_NAME),
    );
    return { ...Object.fromEntries(config), [SECRETS]: placeholderSecrets(missing) };
  });
}

/** What settings' faults are to an operator. */
function refused<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SettingsError) throw new OperatorError(error.message);
    throw error;
  }
}
