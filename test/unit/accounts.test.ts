import { accountsIn, generalizedTime } from "../../automation/directory-accounts.ts";

const LDIF = `dn: uid=ada,ou=users,dc=community,dc=test
uid: ada
mail: ada@example.org
createTimestamp: 20261122045530Z
ssoLastLogin: 20261122050000Z

dn:: dWlkPWrDsW8sb3U9dXNlcnM=
uid:: asOxbw==
createTimestamp: 20250101000000Z
ssoSpamLabel: =cmd|' /C calc'!A0

`;

test("accounts are read from LDIF, encoded values and absent ones too", () => {
  expect(accountsIn(LDIF)).toEqual([
    {
      username: "ada",
      email: "ada@example.org",
      created: "2026-11-22T04:55:30Z",
      lastLogin: "2026-11-22T05:00:00Z",
    },
    { username: "jño", created: "2025-01-01T00:00:00Z", spam: "=cmd|' /C calc'!A0" },
  ]);
});

test("no entry, no account", () => {
  expect(accountsIn("")).toEqual([]);
});

test("a time is written as LDAP compares it", () => {
  expect(generalizedTime(new Date("2026-01-31T00:00:00.123Z"))).toBe("20260131000000Z");
});
