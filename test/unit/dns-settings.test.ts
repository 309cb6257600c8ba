import { parseSettings, SettingsError } from "../../components/settings/parse.ts";

const KNOT = {
  kind: "knot",
  zones: ["example-id.org"],
  nameServers: [{ name: "ns1.example-id.org", addresses: ["192.0.2.10"] }],
};

/** What a stack says of one service, with any domain and DNS. */
function stack(overrides: Readonly<Record<string, unknown>>, url = "https://review.example.org"): object {
  return parseSettings("dev", {
    domain: "id.example-id.org",
    host: { bindAddress: "192.0.2.10" },
    openldap: { suffix: "dc=example,dc=org" },
    realms: [
      {
        kind: "directory",
        name: "community",
        displayName: "Community",
        services: [{ preset: "gerrit", name: "review", url }],
      },
    ],
    ...overrides,
  });
}

function faultsOf(...args: Parameters<typeof stack>): readonly { path: string; allowed: string }[] {
  try {
    stack(...args);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe("the identity domain", () => {
  test.each([
    ["id.example.org", "https://review.example.org", "under the services' domain"],
    ["example.org", "https://review.example.org", "that domain itself"],
    ["review.example.org", "https://example.org", "the other way round"],
    ["id.example.co.uk", "https://review.example.co.uk", "under a public suffix of two labels"],
    ["id.community.test", "https://review.community.test", "under a name that is no public one"],
    ["a.b.github.io", "https://c.b.github.io", "of one customer of a host"],
  ])("%s beside %s is refused: %s", (domain, url) => {
    expect(faultsOf({ domain }, url)).toMatchObject([
      { path: "domain", allowed: expect.stringContaining("service review is under") as string },
    ]);
  });

  test.each([
    ["id.example-id.org", "https://review.example.org", "another domain"],
    ["id.example.co.uk", "https://review.other.co.uk", "a public suffix in common"],
    ["id.community.localhost", "https://review.community.test", "names that are no public ones"],
    ["community.github.io", "https://other.github.io", "two customers of one host"],
    ["id.example.org", "https://192.0.2.7", "an address, which is under no domain"],
  ])("%s beside %s is let be: %s", (domain, url) => {
    expect(faultsOf({ domain }, url)).toEqual([]);
  });
});

describe("DNS settings", () => {
  test("the least that a Knot needs", () => {
    expect(stack({ dns: KNOT })).toMatchObject({ dns: { ttlSec: 3600, secondaries: [], memoryMiB: 64 } });
  });

  test.each([
    [{ ...KNOT, zones: ["other.org"] }, "dns.zones", "zones of which one holds id.example-id.org"],
    [
      { ...KNOT, nameServers: [] },
      "dns.nameServers[0]",
      "a name server: its name, and its addresses if the name is in one of the zones",
    ],
    [
      { ...KNOT, nameServers: [{ name: "ns1.example-id.org" }] },
      "dns.nameServers[0].addresses",
      "addresses of ns1.example-id.org, which is in one of the zones",
    ],
    [{ ...KNOT, kind: "bind" }, "dns.kind", "DNS of kind knot, update or file"],
    [
      { ...KNOT, records: [{ type: "A", name: "www.example.org", address: "192.0.2.1" }] },
      "dns.records[0].name",
      "a name in one of example-id.org",
    ],
    [
      { ...KNOT, records: [{ type: "A", name: "www.example-id.org", address: "2001:db8::1" }] },
      "dns.records[0].address",
      "an IPv4 address, such as 127.0.0.1",
    ],
    [
      { ...KNOT, mail: { spf: ["all"] } },
      "dns.mail.spf[0]",
      "a mechanism, such as include:spf.mandrillapp.com",
    ],
  ])("%#: what is wrong is named", (dns, path, allowed) => {
    expect(faultsOf({ dns })).toEqual([expect.objectContaining({ path, allowed })]);
  });

  test("a domain that is none is the only fault named", () => {
    expect(faultsOf({ dns: KNOT, domain: "ID" })).toMatchObject([{ path: "domain" }]);
  });

  test("a key's secret is called after the key", () => {
    const dns = {
      kind: "update",
      zones: KNOT.zones,
      server: { host: "ns.example.net" },
      key: { name: "sso" },
    };
    expect(faultsOf({ dns })).toMatchObject([{ path: "secrets.dns.sso" }]);
    expect(faultsOf({ dns, secrets: { dns: { sso: "c2VjcmV0" } } })).toEqual([]);
  });
});
