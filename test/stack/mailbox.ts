import { setTimeout as sleep } from "node:timers/promises";
import { inboxOf, type Message } from "../../automation/inbox.ts";
import { openShared } from "./shared.ts";

const ARRIVAL_TIMEOUT_MS = 20_000;

/** How many messages to an address this test file has seen. */
const seen = new Map<string, number>();

/**
 * The last mail to an address, waited for until one is there that was not given before: the relay passes mail on after
 * whoever sent it has gone on.
 *
 * @throws when none comes
 */
export async function newMailTo(address: string): Promise<Message> {
  const stack = await openShared();
  for (const end = Date.now() + ARRIVAL_TIMEOUT_MS; Date.now() < end;) {
    const messages = (await inboxOf(stack)).filter(({ to }) => to === address);
    const last = messages.at(-1);
    if (last !== undefined && messages.length > (seen.get(address) ?? 0)) {
      seen.set(address, messages.length);
      return last;
    }
    await sleep(250);
  }
  throw new Error(`no new mail came to ${address}`);
}

/** The link in a new mail to an address. @throws where none comes, or has none */
export async function linkMailedTo(address: string): Promise<string> {
  const { text } = await newMailTo(address);
  const [link] = /https:\/\/\S+/.exec(text) ?? [];
  if (link === undefined) throw new Error(`no link was mailed to ${address}`);
  return link;
}
