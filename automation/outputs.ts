import type * as automation from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { notUp } from "./project.ts";
import { explained } from "./workspace.ts";

const stackView = z.object({
  url: z.string(),
  realms: z.record(
    z.string(),
    z.object({
      issuer: z.string(),
      accountConsole: z.string(),
      services: z.record(
        z.string(),
        z.array(z.object({ clientId: z.string(), clientSecret: z.string().optional() })),
      ),
      federationId: z.string().optional(),
    }),
  ),
  caCertificate: z.string(),
  dns: z.object({ zones: z.record(z.string(), z.string()), elsewhere: z.string() }).optional(),
  admin: z.object({ url: z.string(), clientId: z.string(), clientSecret: z.string() }),
});

/** The outputs of a stack that is up, secrets included, and its name. */
export type StackView = z.output<typeof stackView> & { readonly stack: string };

/** @throws {OperatorError} when the stack is not up */
export function readOutputs(stackName: string, outputs: automation.OutputMap): StackView {
  const values = Object.fromEntries(
    Object.entries(outputs).map(([key, output]) => [key, output.value as unknown]),
  );
  const view = stackView.safeParse(values);
  if (!view.success) throw notUp(stackName);
  return { ...view.data, stack: stackName };
}

/**
 * The outputs of a stack as its state has them.
 *
 * @throws {OperatorError} when the stack is not up, or the passphrase does not open its state
 */
export async function viewOf(stack: automation.Stack): Promise<StackView> {
  return readOutputs(stack.name, await explained(stack.name, () => stack.outputs()));
}
