import type * as automation from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { bringFoundations } from "./bring-images.ts";
import { interruptible } from "./interrupt.ts";
import { refuseSecond } from "./other-state.ts";
import { explained, POLICY_PACK, resourcesOf } from "./workspace.ts";

/**
 * Brings a stack to what its file says, telling what it does. Jobs that ended badly run anew: what was wrong may have
 * been mended outside of the stack, which Pulumi cannot see. Where the state protects data, a preview comes first: Pulumi
 * refuses to delete what is protected only when it comes to it, half-way through an update. Policies are asked either way.
 *
 * @throws {OperatorError} when Pulumi, the program or a policy refuses it, or when another state has the stack
 * @throws {InterruptedError} when it was interrupted
 */
export async function bringUp(stack: automation.Stack): Promise<automation.UpResult> {
  const resources = await resourcesOf(stack);
  if (resources.length === 0) await refuseSecond(stack.name); // a container's making begins in the state, even if cut off
  await bringFoundations(stack.name, console.log);
  const options = { replace: failedJobs(resources), policyPacks: [POLICY_PACK] };
  const run = async <T>(operation: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    explained(stack.name, () =>
      interruptible(stack.name, `npm run up -- ${stack.name} goes on where it stopped`, operation),
    );
  if (resources.some(isProtected)) await run((signal) => stack.preview({ ...options, signal }));
  const onOutput = (text: string): unknown => process.stdout.write(text);
  return run((signal) => stack.up({ ...options, continueOnError: true, onOutput, signal }));
}

function isProtected(resource: unknown): boolean {
  return (resource as { readonly protect?: boolean }).protect === true;
}

/** What a state says of a container. */
const container = z.object({
  urn: z.string(),
  type: z.literal("docker:index/container:Container"),
  inputs: z.object({ attach: z.literal(true) }),
  outputs: z.object({ exitCode: z.number() }),
});

/** URNs of the jobs whose containers ended badly. */
export function failedJobs(resources: readonly unknown[]): string[] {
  return resources.flatMap((resource) => {
    const { data } = container.safeParse(resource);
    return data === undefined || data.outputs.exitCode === 0 ? [] : [data.urn];
  });
}
