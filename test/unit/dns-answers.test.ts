import { dnsAnswers, type Resolver } from "../../automation/dns-answers.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import type { Settings } from "../../components/settings/schema.ts";

function settingsOf(more: Readonly<Record<string, unknown>>): Settings {
  return parseSettings("dev", {
    domain: "id.example-id.org",
    host: { bindAddress: "10.0.0.5" },
    openldap: { suffix: "dc=example,dc=org" },
    realms: [{ kind: "directory", name: "community", displayName: "C", aliasDomain: "people.example.org" }],
    ...more,
  });
}

const RELAY = {
  hostname: "mx.people.example.org",
  postmaster: "operators@example.org",
  senders: { extra: ["192.0.2.0/24"] },
};

const DNS = {
  kind: "update",
  zones: ["example-id.org"],
  server: { host: "ns.example.net" },
  key: { name: "sso" },
};

/** A resolver that knows these names and no others. */
function knowing(
  names: Readonly<Record<string, readonly string[]>>,
): Resolver & { readonly asked: string[] } {
  const asked: string[] = [];
  const answer = (name: string): Promise<string[]> => {
    asked.push(name);
    const found = names[name];
    return found === undefined ? Promise.reject(new Error(`ENOTFOUND ${name}`)) : Promise.resolve([...found]);
  };
  return {
    asked,
    resolve4: answer,
    resolve6: answer,
    resolveMx: async (name: string) =>
      (await answer(name)).map((exchange) => ({ exchange, priority: 10, type: "MX" as const })),
  } as unknown as Resolver & { readonly asked: string[] };
}

test("what the host is bound to is what DNS should say", async () => {
  const resolver = knowing({
    "id.example-id.org": ["10.0.0.5"],
    "people.example.org": ["mx.people.example.org"],
  });
  expect(await dnsAnswers(settingsOf({ relay: RELAY }), resolver)).toEqual([
    { name: "id.example-id.org", type: "A", expected: "10.0.0.5", found: ["10.0.0.5"] },
    { name: "mx.people.example.org", type: "A", expected: "10.0.0.5", found: [] },
    {
      name: "people.example.org",
      type: "MX",
      expected: "mx.people.example.org",
      found: ["mx.people.example.org"],
    },
  ]);
});

test("unless the settings name the addresses that the world reaches it at", async () => {
  const settings = settingsOf({
    dns: { ...DNS, addresses: ["192.0.2.10", "2001:db8::10"] },
    secrets: { dns: { sso: "c2VjcmV0" } },
  });
  const resolver = knowing({ "id.example-id.org": ["192.0.2.10"] });
  const answers = await dnsAnswers(settings, resolver);
  expect(answers.map(({ type, expected }) => `${type} ${expected}`)).toEqual([
    "A 192.0.2.10",
    "AAAA 2001:db8::10",
  ]);
});

test.each([{ bindAddress: "127.0.0.1" }, { bindAddress: "127.0.0.1", bindAddress6: "fd53:534f::1" }])(
  "nothing is asked of a stack on a loopback address: %p",
  async (host) => {
    const resolver = knowing({});
    expect(await dnsAnswers(settingsOf({ host }), resolver)).toEqual([]);
    expect(resolver.asked).toEqual([]);
  },
);
