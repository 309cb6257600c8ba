import { renderEmptyZone, renderKeys, renderKnotConf } from "../../components/knot/render.ts";

test("knot.conf with two zones and a secondary", () => {
  const secondaries = [{ key: "ns2", address: "198.51.100.7", port: 53 }];
  expect(renderKnotConf({ zones: ["example-id.org", "people.example.org"], secondaries })).toMatchSnapshot();
});

test("knot.conf of a server alone names no other", () => {
  const conf = renderKnotConf({ zones: ["example-id.org"] });
  expect(conf).not.toMatch(/remote|notify/);
  expect(conf).toContain("acl: [ records ]");
});

test("keys.conf", () => {
  expect(renderKeys([{ name: "ns2", algorithm: "hmac-sha512", secret: "c2VjcmV0" }])).toBe(
    'key:\n  - id: ns2\n    algorithm: hmac-sha512\n    secret: "c2VjcmV0"\n',
  );
});

test("a zone begins with no more than its SOA", () => {
  expect(renderEmptyZone("example-id.org", "ns1.example-id.org")).toBe(
    "example-id.org. 3600 SOA ns1.example-id.org. hostmaster.example-id.org. 1 3600 900 1209600 300\n",
  );
});
