import { Address4, Address6 } from "ip-address";
import { z } from "zod";

/** Shortest prefix of a network that is let in: whoever lists more has mistyped, or wants an open door. */
const SHORTEST_PREFIX = { ipv4: 8, ipv6: 16 };

const NETWORK = `a network without host bits, such as 192.0.2.0/24 or 2001:db8::/32, of a prefix of ${SHORTEST_PREFIX.ipv4} (IPv6: ${SHORTEST_PREFIX.ipv6}) or more`;

/** A network as Postfix reads it (cidr_table(5)): one with host bits would match nothing there. nginx reads it too. */
export const network = z.string({ error: NETWORK }).refine(isNetwork, { error: NETWORK });

function isNetwork(value: string): boolean {
  if (!/^[0-9a-fA-F.:]+\/[0-9]{1,3}$/.test(value)) return false;
  const family = value.includes(":") ? Address6 : Address4;
  if (!family.isValid(value)) return false;
  const address = new family(value);
  const shortest = value.includes(":") ? SHORTEST_PREFIX.ipv6 : SHORTEST_PREFIX.ipv4;
  return address.subnetMask >= shortest && address.startAddress().bigInt() === address.bigInt();
}
