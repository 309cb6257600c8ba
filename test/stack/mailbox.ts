import { inboxOf, type Message } from "../../automation/inbox.ts";
import { eventually } from "../eventually.ts";
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
  const look = async (): Promise<Message | undefined> => {
    const messages = (await inboxOf(stack)).filter(({ to }) => to === address);
    if (messages.length <= (seen.get(address) ?? 0)) return undefined;
    seen.set(address, messages.length);
    return messages.at(-1);
  };
  return eventually(`new mail to ${address}`, look, { withinMs: ARRIVAL_TIMEOUT_MS });
}

/** The link in a new mail to an address. @throws where none comes, or has none */
export async function linkMailedTo(address: string): Promise<string> {
  const { text } = await newMailTo(address);
  const [link] = /https:\/\/\S+/.exec(text) ?? [];
  if (link === undefined) throw new Error(`no link was mailed to ${address}`);
  return link;
}
