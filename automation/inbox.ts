import type * as automation from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { execIn } from "./containers.ts";

const messages = z.array(
  z.object({ to: z.string(), subject: z.string(), date: z.string(), text: z.string() }),
);

/** A message that a stack's mail sink took. */
export type Message = z.output<typeof messages>[number];

/** What a stack's mail sink has taken since it was started, oldest first. */
export async function inboxOf(stack: automation.Stack): Promise<Message[]> {
  return messages.parse(JSON.parse(await execIn(stack, "mail-sink", ["inbox"])));
}
