import fc from "fast-check";
import { mtaStsId, renderMtaSts } from "../../components/dns/mta-sts.ts";
import {
  clashingNames,
  type DnsRecord,
  rdataOf,
  renderRecords,
  zoneOf,
} from "../../components/dns/records.ts";
import { stackRecords } from "../../components/dns/stack-records.ts";

/** What a resolver would get of a TXT record's data: its strings, read as RFC 1035, section 5.1 says. */
function stringsIn(rdata: string): Buffer[] {
  return [...rdata.matchAll(/"((?:\\\d{3}|\\.|[^"\\])*)"/g)].map(([, inside = ""]) =>
    Buffer.from(
      [...inside.matchAll(/\\(\d{3})|\\(.)|(.)/g)].map(([, code, escaped, plain]) =>
        code === undefined ? ((escaped ?? plain ?? "").codePointAt(0) ?? 0) : Number(code),
      ),
    ),
  );
}

describe("records", () => {
  test("any text comes back whole from strings of at most 255 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 900 }), (text) => {
        const rdata = rdataOf({ type: "TXT", text });
        const strings = stringsIn(rdata);
        expect(rdata).toMatch(/^[\x20-\x7e]+$/);
        expect(Math.max(...strings.map(({ length }) => length))).toBeLessThanOrEqual(255);
        expect(Buffer.concat(strings)).toEqual(Buffer.from(text));
      }),
    );
  });

  test.each<[DnsRecord, string]>([
    [{ name: "a.test", type: "A", address: "192.0.2.1" }, "192.0.2.1"],
    [{ name: "a.test", type: "AAAA", address: "2001:db8::1" }, "2001:db8::1"],
    [{ name: "a.test", type: "CNAME", target: "b.test" }, "b.test."],
    [{ name: "a.test", type: "NS", target: "ns.b.test" }, "ns.b.test."],
    [{ name: "a.test", type: "MX", preference: 10, exchange: "mx.a.test" }, "10 mx.a.test."],
    [
      { name: "_x._tcp.a.test", type: "SRV", priority: 1, weight: 2, port: 3, target: "b.test" },
      "1 2 3 b.test.",
    ],
    [{ name: "a.test", type: "TXT", text: 'say "\\" €' }, String.raw`"say \"\\\" \226\130\172"`],
    [{ name: "a.test", type: "CAA", tag: "issue", value: ";" }, '0 issue ";"'],
  ])("%j", (record, rdata) => {
    expect(rdataOf(record)).toBe(rdata);
  });

  test("a name belongs to the longest zone that it lies in, and to none by its letters alone", () => {
    const zones = ["example.org", "id.example.org"];
    expect(zoneOf("id.example.org", zones)).toBe("id.example.org");
    expect(zoneOf("www.id.example.org", zones)).toBe("id.example.org");
    expect(zoneOf("valid.example.org", zones)).toBe("example.org");
    expect(zoneOf("badexample.org", zones)).toBeUndefined();
  });

  test("a zone's text has each record once, under names relative to it", () => {
    const record: DnsRecord = { name: "id.example.org", type: "A", address: "192.0.2.1" };
    const apex: DnsRecord = { name: "example.org", type: "TXT", text: "x" };
    expect(renderRecords("example.org", [record, apex, record], 60)).toBe(
      '$ORIGIN example.org.\nid\t60\tIN\tA\t192.0.2.1\n@\t60\tIN\tTXT\t"x"\n',
    );
    expect(renderRecords("", [record], 60)).toBe("$ORIGIN .\nid.example.org.\t60\tIN\tA\t192.0.2.1\n");
    expect(renderRecords("example.org", [], 60)).toBe("");
  });

  test("a CNAME beside another record, or another CNAME, is found; the same one twice is not", () => {
    const alias = (name: string, target = "x.test"): DnsRecord => ({ name, type: "CNAME", target });
    const records: DnsRecord[] = [
      alias("a.test"),
      { name: "a.test", type: "A", address: "192.0.2.1" },
      alias("b.test"),
      alias("b.test", "y.test"),
      alias("c.test"),
      alias("c.test"),
    ];
    expect(clashingNames(records)).toEqual(["a.test", "b.test"]);
  });
});

describe("records of a stack", () => {
  test("all of them", () => {
    const records = stackRecords({
      sites: [
        {
          domain: "id.example-id.org",
          addresses: ["192.0.2.10", "2001:db8::10"],
          issuers: [{ domain: "letsencrypt.org", accountUri: "https://acme.example/acct/1" }],
        },
        { domain: "private.example-id.org", addresses: ["192.0.2.10"], issuers: [] },
        { domain: "open.example-id.org", addresses: ["192.0.2.10"] },
      ],
      mailDomains: [
        {
          domain: "id.example-id.org",
          policy: { spf: [], dmarc: "reject" },
          reportsTo: "dmarc@example.org",
        },
        {
          domain: "people.example-id.org",
          exchanges: ["id.example-id.org"],
          policy: { spf: ["include:spf.mandrillapp.com"], dmarc: "quarantine" },
          reportsTo: "dmarc@example.org",
          dkim: [{ selector: "sso", publicKey: "A".repeat(392) }],
          mtaSts: "enforce",
        },
      ],
      atlassian: [
        {
          domain: "people.example-id.org",
          verification: "abc=",
          cnames: [{ name: "s1._domainkey.people.example-id.org", target: "s1.dkim.atlassian.net" }],
        },
      ],
      delegation: {
        zones: ["example-id.org"],
        nameServers: [{ name: "ns1.example-id.org", addresses: ["192.0.2.10"] }, { name: "ns2.example.net" }],
      },
      extra: [{ name: "jira.example-id.org", type: "CNAME", target: "example.atlassian.net" }],
    });
    const outside = records.filter(({ name }) => zoneOf(name, ["example-id.org"]) === undefined);
    expect(renderRecords("", outside, 3600)).toMatchSnapshot("outside");
    expect(
      renderRecords(
        "example-id.org",
        records.filter((record) => !outside.includes(record)),
        3600,
      ),
    ).toMatchSnapshot("inside");
  });

  test("an MTA-STS policy, whose id changes with it", () => {
    const policy = { mode: "testing", exchanges: ["id.example-id.org"] } as const;
    expect(renderMtaSts(policy)).toBe(
      "version: STSv1\r\nmode: testing\r\nmx: id.example-id.org\r\nmax_age: 604800\r\n",
    );
    expect(mtaStsId(policy)).toMatch(/^[0-9a-f]{16}$/);
    expect(mtaStsId({ ...policy, mode: "enforce" })).not.toBe(mtaStsId(policy));
  });
});
