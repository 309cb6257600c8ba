import { once } from "node:events";
import * as net from "node:net";
import * as os from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { lateError } from "../late-error.ts";

const TIMEOUT_MS = 10_000;

/**
 * Connects to a relay that has been updated from here, a machine that is no listed sender: if it is let in, the engine
 * hides its clients' addresses, or the list takes in everybody. Fails the update with a {@link pulumi.RunError} then. A
 * port that cannot be reached from here is worth a warning: many networks let nobody out to port 25.
 */
export function verifyRefusal(address: string, port: number, container: pulumi.Resource): void {
  container.urn.apply(async () => {
    if (pulumi.runtime.isDryRun()) return;
    const fault = await faultOf(address, port);
    if (fault === undefined) return;
    if (fault.isFatal) throw lateError(fault.message);
    await pulumi.log.warn(fault.message);
  });
}

/** What is wrong with how the relay greets this machine, if anything. */
export async function faultOf(
  address: string,
  port: number,
): Promise<{ readonly isFatal: boolean; readonly message: string } | undefined> {
  const relay = `relay at ${address}, port ${port}`;
  try {
    const greeting = await greetingOf(address, port);
    // On the relay's own machine, the engine itself passes connections on.
    const hidden = isOwn(address) ? undefined : hiddenAs(greeting, address);
    if (hidden !== undefined)
      return {
        isFatal: true,
        message:
          `${relay}: it takes this machine for ${hidden}, so the engine hides its clients' addresses, and listed senders ` +
          "are refused like everybody; see to the engine's settings (operator guide, IPv6 and A host of its own)",
      };
    // RFC 5321, section 4.2: 5xx refuses for good, before anything is said.
    if (/^5/.test(greeting)) return undefined;
    return {
      isFatal: true,
      message:
        `${relay}: it lets this machine in, which is no listed sender: ${greeting}; ` +
        "list fewer networks in relay.senders, or have the engine keep its clients' addresses",
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      isFatal: false,
      message: `${relay}: not reached from here (${reason}), so whom it lets in was not checked; see the host's firewall`,
    };
  }
}

/** Networks that an engine's own are in. */
const INTERNAL = new net.BlockList();
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  INTERNAL.addSubnet(network, prefix, "ipv4");
INTERNAL.addSubnet("fc00::", 7, "ipv6");

/**
 * Whom a relay of a public address takes its client for, where that looks like an engine's own address: the first one of an
 * internal network, as its gateways have. Others come from such networks too, by a VPN for example.
 */
export function hiddenAs(greeting: string, relayAddress: string): string | undefined {
  const [, client = ""] = /\[([\d.]+|[\da-fA-F:]*:[\da-fA-F:.]*)\]/.exec(greeting) ?? [];
  const isFirst = /[.:]0*1$/.test(client);
  return isFirst && isInternal(client) && !isInternal(relayAddress) ? client : undefined;
}

function isOwn(address: string): boolean {
  return Object.values(os.networkInterfaces()).some((own) => own?.some((each) => each.address === address));
}

function isInternal(address: string): boolean {
  const family = net.isIP(address);
  return family !== 0 && INTERNAL.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** First line that a mail server says. */
async function greetingOf(address: string, port: number): Promise<string> {
  const socket = net.connect(port, address);
  try {
    const [greeting] = (await once(socket, "data", { signal: AbortSignal.timeout(TIMEOUT_MS) })) as [Buffer];
    return greeting.toString().trim();
  } finally {
    socket.destroy();
  }
}
