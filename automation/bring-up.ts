import type * as automation from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { bringFoundations } from "./bring-images.ts";
import { readStackSettings } from "./stack-settings.ts";
import { explained, POLICY_PACK } from "./workspace.ts";

/**
 * Brings a stack to what its file says, telling what it does. Jobs that ended badly run anew: what was wrong may have
 * been mended outside of the stack, which Pulumi cannot see. Where data is protected, a preview comes first: Pulumi
 * refuses to delete what is protected only when it comes to it, half-way through an update. Policies are asked either way.
 *
 * @throws {OperatorError} when Pulumi, the program or a policy refuses it
 */
export async function bringUp(stack: automation.Stack): Promise<automation.UpResult> {
  await bringFoundations(stack.name, console.log);
  const options = { replace: await failedJobs(stack), policyPacks: [POLICY_PACK] };
  if (await holdsData(stack)) await explained(stack.name, () => stack.preview(options));
  return explained(stack.name, () =>
    stack.up({ ...options, continueOnError: true, onOutput: (text) => process.stdout.write(text) }),
  );
}

/** Whether the stack is up and its settings protect what it holds. */
async function holdsData(stack: automation.Stack): Promise<boolean> {
  const { protect } = await readStackSettings(stack);
  return protect && Object.keys(await explained(stack.name, () => stack.outputs())).length > 0;
}

/** What a state says of a container. */
const container = z.object({
  urn: z.string(),
  type: z.literal("docker:index/container:Container"),
  inputs: z.object({ attach: z.literal(true) }),
  outputs: z.object({ exitCode: z.number() }),
});

/** URNs of the jobs whose containers ended badly. */
export async function failedJobs(stack: automation.Stack): Promise<string[]> {
  const state: { deployment: unknown } = await explained(stack.name, () => stack.exportStack());
  const { resources = [] } = state.deployment as { resources?: unknown[] };
  return resources.flatMap((resource) => {
    const { data } = container.safeParse(resource);
    return data === undefined || data.outputs.exitCode === 0 ? [] : [data.urn];
  });
}
