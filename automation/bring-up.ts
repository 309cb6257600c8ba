import type * as automation from "@pulumi/pulumi/automation/index.js";
import { readStackSettings } from "./stack-settings.ts";
import { explained } from "./workspace.ts";

/**
 * Brings a stack to what its file says, telling what it does. Where data is protected, a preview comes first: Pulumi
 * refuses to delete what is protected only when it comes to it, half-way through an update.
 *
 * @throws {OperatorError} when Pulumi or the program fails
 */
export async function bringUp(stack: automation.Stack): Promise<automation.UpResult> {
  if (await holdsData(stack)) await explained(stack.name, () => stack.preview());
  return explained(stack.name, () => stack.up({ onOutput: (text) => process.stdout.write(text) }));
}

/** Whether the stack is up and its settings protect what it holds. */
async function holdsData(stack: automation.Stack): Promise<boolean> {
  const { protect } = await readStackSettings(stack);
  return protect && Object.keys(await explained(stack.name, () => stack.outputs())).length > 0;
}
