import fc from "fast-check";
import { parseSettings, SettingsError } from "../../components/settings/parse.ts";

const REALM = {
  kind: "directory",
  name: "community",
  displayName: "Community",
  aliasDomain: "alias.example.org",
};

const LEAST = {
  domain: "id.example.org",
  host: { bindAddress: "127.0.0.1" },
  openldap: { suffix: "dc=example,dc=org" },
  realms: [REALM],
  relay: {
    hostname: "mx.example.org",
    postmaster: "operators@example.org",
    senders: { extra: ["192.0.2.0/24"] },
  },
};

function messageOf(raw: Record<string, unknown>): string {
  try {
    parseSettings("dev", raw);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error("the settings were accepted");
}

const withSenders = (senders: unknown): Record<string, unknown> => ({
  ...LEAST,
  relay: { hostname: "mx.example.org", postmaster: "operators@example.org", senders },
});

test("the least a relay must say gets every default", () => {
  expect(parseSettings("dev", LEAST).relay).toEqual({
    hostname: "mx.example.org",
    port: 25,
    postmaster: "operators@example.org",
    senders: { listed: [], extra: ["192.0.2.0/24"] },
    plusAddressing: false,
    mtaSts: "none",
    maxMessageMiB: 25,
    messagesPerMinute: 1200,
    memoryMiB: 256,
  });
});

test("a stack needs none", () => {
  expect(parseSettings("dev", { ...LEAST, relay: undefined }).relay).toBeUndefined();
});

test.each(["alias.example.org", "mx.example.org"])(
  "the postmaster is nobody at the relay's own %s",
  (domain) => {
    const postmaster = `postmaster@${domain}`;
    const relay = { ...LEAST.relay, postmaster };
    expect(messageOf({ ...LEAST, relay })).toContain(
      `relay.postmaster: "${postmaster}"; allowed: an address outside the relay's own domains`,
    );
  },
);

test("senders are not told to insist on a certificate that they would refuse", () => {
  const relay = { ...LEAST.relay, mtaSts: "enforce" };
  expect(messageOf({ ...LEAST, relay })).toContain("none or testing while certificates.kind is own");
  const certificates = { kind: "acme", email: "operators@example.org" };
  expect(parseSettings("dev", { ...LEAST, relay, certificates }).relay?.mtaSts).toBe("enforce");
});

test("all faults are named at once", () => {
  const relay = {
    hostname: "MX",
    senders: { listed: ["192.0.2.1/24"], extra: ["anyone"] },
    plusAddressing: "perhaps",
    maxMessageMiB: 0,
    messagesPerMinute: 1.5,
    memoryMiB: 64,
    sender: [],
  };
  const network =
    "a network without host bits, such as 192.0.2.0/24 or 2001:db8::/32, of a prefix of 8 (IPv6: 16) or more";
  expect(
    messageOf({ ...LEAST, relay })
      .split("\n")
      .slice(1)
      .sort(),
  ).toEqual(
    [
      '  relay.hostname: "MX"; allowed: a domain name in lower case, such as id.example.org',
      "  relay.postmaster: missing; allowed: an e-mail address, such as no-reply@example.org",
      `  relay.senders.listed[0]: "192.0.2.1/24"; allowed: ${network}`,
      `  relay.senders.extra[0]: "anyone"; allowed: ${network}`,
      '  relay.plusAddressing: "perhaps"; allowed: true or false',
      "  relay.maxMessageMiB: 0; allowed: a number of MiB from 1 to 100",
      "  relay.messagesPerMinute: 1.5; allowed: a number of messages from 1 to 1000000",
      "  relay.memoryMiB: 64; allowed: a number of MiB from 128 to 1048576",
      "  relay.sender: not a setting; allowed: only hostname, port, postmaster, senders, plusAddressing, mtaSts, maxMessageMiB, messagesPerMinute, memoryMiB",
    ].sort(),
  );
});

test.each(["192.0.2.0/24", "10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "2001:db8::7/128"])(
  "%s is a network",
  (network) => {
    expect(parseSettings("dev", withSenders({ listed: [network] })).relay?.senders.listed).toEqual([network]);
  },
);

test.each([
  ["0.0.0.0/0", "everybody"],
  ["::/0", "everybody"],
  ["128.0.0.0/1", "half of everybody"],
  ["2000::/3", "everybody"],
  ["192.0.2.0", "no prefix"],
  ["192.0.2.0/33", "a prefix too long"],
  ["192.0.2.1/24", "host bits"],
  ["2001:db8::1/32", "host bits"],
  ["2001:db8::/129", "a prefix too long"],
  ["::ffff:192.0.2.1/24", "everybody of IPv4, as IPv6 writes it"],
  ["192.0.2.0/24 OK", "a second word"],
  ["192.0.2.0/24\n0.0.0.0/0", "a second line"],
  ["mail.example.org", "a name"],
])("%j is refused: %s", (network) => {
  expect(messageOf(withSenders({ extra: [network] }))).toContain("relay.senders.extra[0]: ");
});

test("a relay that nobody may send to is refused", () => {
  expect(messageOf(withSenders({}))).toContain(
    "relay.senders: {}; allowed: at least one network, listed or extra",
  );
});

test("a relay without aliases is refused", () => {
  expect(messageOf({ ...LEAST, realms: [{ ...REALM, aliasDomain: undefined }] })).toContain(
    "allowed: nothing, because no realm has an aliasDomain",
  );
});

test("no text is a network that would break its line, or stand for everybody", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), fc.nat({ max: 130 }), (text, prefix) => {
      const network = `${text}/${prefix}`;
      let accepted: readonly string[] = [];
      try {
        accepted = parseSettings("dev", withSenders({ listed: [network] })).relay?.senders.listed ?? [];
      } catch (error) {
        expect(error).toBeInstanceOf(SettingsError);
      }
      for (const each of accepted) {
        expect(each).toMatch(/^[0-9a-fA-F.:]+\/[0-9]+$/);
        expect(prefix).toBeGreaterThanOrEqual(8);
      }
    }),
  );
});
