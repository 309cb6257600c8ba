import { type ZoneTexts, zoneTexts } from "../../components/dns/zones.ts";
import { parseSettings } from "../../components/settings/parse.ts";

const UPDATE = {
  kind: "update",
  zones: ["example-id.org"],
  server: { host: "ns.example.net" },
  key: { name: "sso" },
  records: [{ type: "CNAME", name: "jira.example-id.org", target: "example.atlassian.net" }],
};

function textsOf(overrides: Readonly<Record<string, unknown>>): ZoneTexts {
  const settings = parseSettings("dev", {
    domain: "id.example-id.org",
    host: { bindAddress: "192.0.2.10" },
    openldap: { suffix: "dc=example,dc=org" },
    realms: [
      { kind: "directory", name: "community", displayName: "Community", aliasDomain: "people.example.org" },
    ],
    dns: { ...UPDATE, ...overrides },
    secrets: { dns: { sso: "c2VjcmV0" } },
  });
  if (settings.dns === undefined) throw new Error("no DNS settings");
  return zoneTexts(settings, settings.dns);
}

test("the least: where the id site is, and that no public authority may issue for it", () => {
  expect(textsOf({})).toEqual({
    zones: {
      "example-id.org":
        "$ORIGIN example-id.org.\n" +
        'id\t3600\tIN\tA\t192.0.2.10\nid\t3600\tIN\tCAA\t0 issue ";"\nid\t3600\tIN\tCAA\t0 issuewild ";"\n' +
        "jira\t3600\tIN\tCNAME\texample.atlassian.net.\n",
    },
    elsewhere: "",
  });
});

test("mail: what the id domain sends and the alias domain takes; names outside of the zones stand apart", () => {
  const { zones, elsewhere } = textsOf({
    mail: { spf: ["include:spf.mandrillapp.com"] },
    addresses: ["2001:db8::1"],
  });
  expect(zones["example-id.org"]).toContain('_dmarc.id\t3600\tIN\tTXT\t"v=DMARC1; p=quarantine"\n');
  expect(zones["example-id.org"]).toContain("id\t3600\tIN\tAAAA\t2001:db8::1\n");
  expect(elsewhere).toBe(
    "$ORIGIN .\n" +
      "people.example.org.\t3600\tIN\tMX\t10 id.example-id.org.\n" +
      'people.example.org.\t3600\tIN\tTXT\t"v=spf1 include:spf.mandrillapp.com -all"\n' +
      '_dmarc.people.example.org.\t3600\tIN\tTXT\t"v=DMARC1; p=quarantine"\n',
  );
});

test("withdrawn records are gone from every zone", () => {
  expect(textsOf({ withdraw: true })).toEqual({ zones: { "example-id.org": "" }, elsewhere: "" });
});

test("an alias at a name that holds other records is refused by its name", () => {
  const records = [{ type: "CNAME", name: "id.example-id.org", target: "elsewhere.example.net" }];
  expect(() => textsOf({ records })).toThrow(
    /^dns: id\.example-id\.org would hold a CNAME beside other records/,
  );
});
