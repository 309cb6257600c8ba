import { certificateIn, fingerprintIn, lastingUntil } from "../../components/certificates/certificates.ts";

const LOG =
  "leaf postgres AA:BB\r\nleaf openldap CC:DD\n-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n";

/** Days of a certificate, as issue.sh has it. */
const LEAF_DAYS = 820;
const DAY_MS = 86_400_000;

test("the issuer's log tells each service's certificate and the CA's", () => {
  expect(fingerprintIn(LOG, "postgres")).toBe("AA:BB");
  expect(fingerprintIn(LOG, "openldap")).toBe("CC:DD");
  expect(certificateIn(LOG)).toBe("-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n");
});

test("a log without them is an error that shows it", () => {
  expect(() => fingerprintIn(LOG, "ldap")).toThrow("ended without one for ldap; its log: leaf postgres");
  expect(() => certificateIn("cannot write")).toThrow(
    "ended without a CA certificate; its log: cannot write",
  );
});

test("what must last moves once a year, by no more than a new certificate lasts", () => {
  expect(lastingUntil(new Date("2026-01-01T00:00:00Z"))).toBe("2028-03-01");
  expect(lastingUntil(new Date("2026-12-31T23:59:59Z"))).toBe("2028-03-01");
  expect(lastingUntil(new Date("2027-01-01T00:00:00Z"))).toBe("2029-03-01");
  for (let year = 2026; year < 2040; year++) {
    const first = Date.UTC(year, 0, 1);
    const days = (Date.parse(lastingUntil(new Date(first))) - first) / DAY_MS;
    expect(days).toBeLessThan(LEAF_DAYS);
  }
});
