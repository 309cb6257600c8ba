import { KEYS, Lab, NAMES, ZONE } from "./lab.ts";

const lab = new Lab();
beforeAll(async () => {
  await lab.start();
  await lab.startDns();
});
afterAll(() => {
  lab.remove();
});

const [CHALLENGES, RECORDS] = KEYS;
const CHALLENGE = `_acme-challenge.${NAMES[0]} 60 TXT "an answer"`;

test("a certificate is obtained by answers in our own zone", async () => {
  lab.obtain(NAMES, lab.ca, "dns-01");
  await lab.kept();
  const { names } = await lab.showing(({ issuer }) => issuer.startsWith("Pebble"));
  expect([...names].sort()).toEqual([...NAMES].sort());
  expect(lab.log()).toContain("acme: use dns-01 solver"); // positive control: not by port 80
});

describe("the keeper's key", () => {
  test.each([
    `${NAMES[0]} 60 A 192.0.2.66`,
    `${NAMES[0]} 60 TXT "v=spf1 +all"`,
    `_acme-challenge.${NAMES[0]} 60 CNAME elsewhere.test.`,
    `_acme-challenge.elsewhere.${ZONE} 60 TXT "an answer"`,
    `x._acme-challenge.${NAMES[0]} 60 TXT "an answer"`,
  ])("may not write %s", (record) => {
    expect(lab.update(CHALLENGES, record)).toMatch(/REFUSED|NOTAUTH/);
    expect(lab.update(RECORDS, record)).toBe(""); // positive control: the stack's own key may
  });

  test("may write an answer", () => {
    expect(lab.update(CHALLENGES, CHALLENGE)).toBe("");
  });
});
