import { type SigningKey, type ZoneTexts, zoneTexts } from "../../components/dns/zones.ts";
import { parseSettings } from "../../components/settings/parse.ts";

const UPDATE = {
  kind: "update",
  zones: ["example-id.org"],
  server: { host: "ns.example.net" },
  key: { name: "sso" },
  records: [{ type: "CNAME", name: "jira.example-id.org", target: "example.atlassian.net" }],
};

function textsOf(
  dns: Readonly<Record<string, unknown>>,
  overrides: Readonly<Record<string, unknown>> = {},
  dkim?: SigningKey,
): ZoneTexts {
  const settings = parseSettings("dev", {
    domain: "id.example-id.org",
    host: { bindAddress: "192.0.2.10" },
    openldap: { suffix: "dc=example,dc=org" },
    realms: [
      { kind: "directory", name: "community", displayName: "Community", aliasDomain: "people.example.org" },
    ],
    dns: { ...UPDATE, ...dns },
    secrets: { dns: { sso: "c2VjcmV0" } },
    ...overrides,
  });
  if (settings.dns === undefined) throw new Error("no DNS settings");
  return zoneTexts(settings, settings.dns, dkim);
}

test("the least: where the id site is, and that no public authority may issue for it", () => {
  expect(textsOf({})).toEqual({
    zones: {
      "example-id.org":
        "$ORIGIN example-id.org.\n" +
        'id\t3600\tIN\tA\t192.0.2.10\nid\t3600\tIN\tCAA\t0 issue ";"\nid\t3600\tIN\tCAA\t0 issuewild ";"\n' +
        "jira\t3600\tIN\tCNAME\texample.atlassian.net.\n",
    },
    elsewhere:
      "$ORIGIN .\n" +
      "people.example.org.\t3600\tIN\tA\t192.0.2.10\n" +
      'people.example.org.\t3600\tIN\tCAA\t0 issue ";"\npeople.example.org.\t3600\tIN\tCAA\t0 issuewild ";"\n',
  });
});

test("who may issue certificates follows where the certificate comes from", () => {
  const acme = textsOf({}, { certificates: { kind: "acme", email: "operators@example.org" } });
  expect(acme.zones["example-id.org"]).toContain('id\t3600\tIN\tCAA\t0 issue "letsencrypt.org"\n');
  const given = textsOf({}, { certificates: { kind: "given", folder: "/etc/sso/tls" } });
  expect(given.zones["example-id.org"]).not.toContain("CAA");
});

test("the relay is where the alias domain's mail goes; its key and its policy are there to be found", () => {
  const relay = {
    hostname: "mx.example-id.org",
    postmaster: "operators@example.com",
    senders: { extra: ["192.0.2.0/24"] },
    mtaSts: "enforce",
  };
  const mail = { spf: ["include:spf.mandrillapp.com"] };
  const key = {
    selector: "sso",
    publicKeyPem: "-----BEGIN PUBLIC KEY-----\nAAAA\nBBBB\n-----END PUBLIC KEY-----\n",
  };
  const certificates = { kind: "acme", email: "operators@example.org" };
  const { zones, elsewhere } = textsOf({ mail }, { relay, certificates }, key);
  expect(zones["example-id.org"]).toContain("mx\t3600\tIN\tA\t192.0.2.10\n");
  expect(zones["example-id.org"]).toContain(
    'sso._domainkey.id\t3600\tIN\tTXT\t"v=DKIM1; k=rsa; p=AAAABBBB"\n',
  );
  // Returned mail is the relay's own.
  expect(zones["example-id.org"]).toContain(
    'sso._domainkey.mx\t3600\tIN\tTXT\t"v=DKIM1; k=rsa; p=AAAABBBB"\n',
  );
  expect(elsewhere).toContain("people.example.org.\t3600\tIN\tMX\t10 mx.example-id.org.\n");
  expect(elsewhere).toMatch(
    /^_mta-sts\.people\.example\.org\.\t3600\tIN\tTXT\t"v=STSv1; id=[0-9a-f]{16};"$/m,
  );
  expect(elsewhere).toContain("mta-sts.people.example.org.\t3600\tIN\tA\t192.0.2.10\n");
});

test("every domain that a realm's mail comes from has the key that it is signed with", () => {
  const realms = ["news@people.example.org", "no-reply@lists.example.net"].map((sender, index) => ({
    kind: "directory",
    name: `r${index}`,
    displayName: "R",
    sender,
    aliasDomain: "people.example.org",
  }));
  const key = {
    selector: "sso",
    publicKeyPem: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
  };
  const mail = { spf: ["include:spf.mandrillapp.com"] };
  const { zones, elsewhere } = textsOf({ mail }, { realms }, key);
  expect(zones["example-id.org"]).toContain("sso._domainkey.id\t");
  for (const domain of ["people.example.org", "lists.example.net"])
    expect(elsewhere).toContain(`sso._domainkey.${domain}.\t3600\tIN\tTXT\t"v=DKIM1; k=rsa; p=AAAA"\n`);
  // Who else may send for a domain that is not the stack's own is for others to say.
  expect(elsewhere).toContain("_dmarc.people.example.org.\t"); // control
  expect(elsewhere).not.toMatch(/^(_dmarc\.)?lists\.example\.net\./m);
});

test("without a relay the alias domain takes no mail; names outside of the zones stand apart", () => {
  const { zones, elsewhere } = textsOf({
    mail: { spf: ["include:spf.mandrillapp.com"] },
    addresses: ["2001:db8::1"],
  });
  expect(zones["example-id.org"]).toContain('_dmarc.id\t3600\tIN\tTXT\t"v=DMARC1; p=quarantine"\n');
  expect(zones["example-id.org"]).toContain("id\t3600\tIN\tAAAA\t2001:db8::1\n");
  expect(elsewhere).toContain(
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
