import * as fs from "node:fs";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { OperatorError, UntouchedError } from "./fail.ts";
import { backendUrl, folderOf, notUp, PROJECT, STATE, stackFileOf } from "./project.ts";

/** What no stack may be; Pulumi asks it before it makes or changes anything. */
export const POLICY_PACK = path.join(PROJECT, "policy");

/**
 * Opens a stack of this project that has been made.
 *
 * @throws {OperatorError} when there is no such stack file, or no state of it where the states are
 */
export async function openStack(stackName: string): Promise<automation.Stack> {
  const stack = await openIfMade(stackName);
  if (stack === undefined) throw notUp(stackName);
  return stack;
}

/**
 * Opens a stack of this project to bring it up, making its state on first use.
 *
 * @throws {OperatorError} when there is no such stack file or the passphrase does not open it
 */
export async function openToBringUp(stackName: string): Promise<automation.Stack> {
  const [program, options] = placeOf(stackName);
  return explained(stackName, () => automation.LocalWorkspace.createOrSelectStack(program, options));
}

/** Where a stack's program and state are. */
function placeOf(stackName: string): [automation.LocalProgramArgs, automation.LocalWorkspaceOptions] {
  stackFileOf(stackName);
  fs.mkdirSync(STATE, { recursive: true });
  return [{ stackName, workDir: folderOf(stackName) }, { envVars: { PULUMI_BACKEND_URL: backendUrl() } }];
}

/**
 * Opens a stack that has been made; gives nothing for one that has not.
 *
 * @throws {OperatorError} when there is no such stack file or no way to the states
 */
export async function openIfMade(stackName: string): Promise<automation.Stack | undefined> {
  const [program, options] = placeOf(stackName);
  return explained(stackName, async () => {
    try {
      return await automation.LocalWorkspace.selectStack(program, options);
    } catch (error) {
      if (error instanceof automation.StackNotFoundError) return undefined;
      throw error;
    }
  });
}

/** What a stack's state says of its resources. */
export async function resourcesOf(stack: automation.Stack): Promise<readonly unknown[]> {
  const state: { deployment: unknown } = await explained(stack.name, () => stack.exportStack());
  const { resources = [] } = state.deployment as { resources?: unknown[] };
  return resources;
}

/** What the CLI's complaint means to an operator, by what it says; some say of which resources. */
const EXPLANATIONS: readonly [RegExp, (stack: string, urns: readonly string[]) => OperatorError][] = [
  [
    /incorrect passphrase|passphrase must be set/g,
    (stack) =>
      new UntouchedError(
        `the passphrase does not open stack ${stack}; nothing was changed. ` +
          "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one the stack was made with.",
      ),
  ],
  [
    /the stack is currently locked/g,
    (stack) =>
      new UntouchedError(
        `another update of stack ${stack} is running, or one was cut off; ` +
          `wait for it, or run: pulumi cancel --stack ${stack}`,
      ),
  ],
  [
    /no space left on device/g,
    (stack) =>
      new OperatorError(
        `the disk of stack ${stack}'s host is full: see docker system df there, free some (docker image prune), ` +
          "and run this again; it goes on where it stopped.",
      ),
  ],
  [
    /resource "(urn:[^"]*)" cannot be deleted\s+because it is protected/g,
    (stack, urns) =>
      new UntouchedError(
        `${urns.map((urn) => urn.split("::").at(-1)).join(", ")}: protected, for data goes with it, but ` +
          `Pulumi.${stack}.yaml no longer has it (under another name it is another one); nothing was changed. ` +
          "Put it back into the file; or, to delete it with all that is in it, run this, and up again:\n" +
          `  pulumi state unprotect --yes --stack ${stack} ${urns.map((urn) => `'${urn}'`).join(" ")}`,
      ),
  ],
];

/** Whether the passphrase was missing or wrong. */
export function isAboutPassphrase(error: unknown): boolean {
  return error instanceof OperatorError && error.message.startsWith("the passphrase does not open");
}

/**
 * Runs a Pulumi operation and turns its known failures into messages for an operator.
 *
 * @throws {OperatorError} for a failure that has an explanation, and for one the CLI has already printed
 */
export async function explained<T>(stack: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof automation.CommandError)) throw error;
    for (const [pattern, explain] of EXPLANATIONS) {
      const found = [...error.message.matchAll(pattern)].map(([, urn = ""]) => urn);
      if (found.length > 0) throw explain(stack, [...new Set(found)]);
    }
    const refused = refusalsIn(error.message);
    if (refused.length > 0)
      throw new OperatorError(
        `policies refuse stack ${stack}:\n${refused.map((each) => `  ${each}`).join("\n")}`,
      );
    throw new OperatorError(lastErrors(error.message));
  }
}

/** What policies refuse, as the CLI lists it: rule and resource, what the rule is for, what is wrong. */
export function refusalsIn(output: string): string[] {
  const listed = output.matchAll(/^ *- \[mandatory\] +(\S+) +\(\S+ (.+)\)\n.+\n +(.+)$/gm);
  return [...listed].map(([, rule = "", resource = "", fault = ""]) => `${rule}: ${resource}: ${fault}`);
}

/**
 * The messages of program and plugins, whole: in the CLI's diagnostics each begins with `error: ` and goes on, indented
 * alike, to the next blank line.
 */
export function lastErrors(output: string): string {
  const diagnostics = output.slice(Math.max(0, output.lastIndexOf("Diagnostics:"))); // none where no update began
  const messages = [...diagnostics.matchAll(/^ *error: (.+(?:\n {4,}(?!error: ).+)*)/gm)].map(
    ([, message = ""]) => message.replaceAll(/^ {4}/gm, "").replace(/^Preview failed: /, ""),
  );
  const own = [...new Set(messages)].filter((message) => !/^(update|preview) failed$/.test(message));
  return own.length === 0 ? output : own.join("\n");
}
