import type * as automation from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { bringFoundations } from "./bring-images.ts";
import { explained, POLICY_PACK, resourcesOf } from "./workspace.ts";

/**
 * Brings a stack to what its file says, telling what it does. Jobs that ended badly run anew: what was wrong may have
 * been mended outside of the stack, which Pulumi cannot see. Where the state protects data, a preview comes first: Pulumi
 * refuses to delete what is protected only when it comes to it, half-way through an update. Policies are asked either way.
 *
 * @throws {OperatorError} when Pulumi, the program or a policy refuses it
 */
export async function bringUp(stack: automation.Stack): Promise<automation.UpResult> {
  await bringFoundations(stack.name, console.log);
  const resources = await resourcesOf(stack);
  const options = { replace: failedJobs(resources), policyPacks: [POLICY_PACK] };
  if (resources.some(isProtected)) await explained(stack.name, () => stack.preview(options));
  return explained(stack.name, () =>
    stack.up({ ...options, continueOnError: true, onOutput: (text) => process.stdout.write(text) }),
  );
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
