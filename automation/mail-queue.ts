import type * as automation from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { execIn } from "./containers.ts";

/** Why a message waits that nothing keeps. */
export const ABOUT_TO_BE_SENT = "about to be sent";

/** A line of `postqueue -j` (postqueue(1)). */
const line = z.object({
  arrival_time: z.number(),
  sender: z.string(),
  recipients: z.array(z.object({ address: z.string(), delay_reason: z.string().default(ABOUT_TO_BE_SENT) })),
});

/** A message that waits in a stack's relay. */
export interface QueuedMessage {
  readonly arrived: Date;
  /** Envelope sender; empty for returned mail. */
  readonly sender: string;
  readonly recipients: readonly { readonly address: string; readonly reason: string }[];
}

/** The queue of a stack's relay, oldest first. */
export async function queueOf(stack: automation.Stack): Promise<QueuedMessage[]> {
  return readQueue(await execIn(stack, "postfix", ["queue"]));
}

/** What the image's `queue` prints, oldest first. */
export function readQueue(output: string): QueuedMessage[] {
  return (
    output
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => line.parse(JSON.parse(text)))
      // Without any it is still coming in, or its sender was cut off and has it still.
      .filter(({ recipients }) => recipients.length > 0)
      .sort((a, b) => a.arrival_time - b.arrival_time)
      .map(({ arrival_time: seconds, sender, recipients }) => ({
        arrived: new Date(seconds * 1000),
        sender,
        recipients: recipients.map(({ address, delay_reason: reason }) => ({ address, reason })),
      }))
  );
}
