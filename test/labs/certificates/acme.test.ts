import { setTimeout as sleep } from "node:timers/promises";
import { exec } from "../engine.ts";
import { Lab, NAMES } from "./lab.ts";

const lab = new Lab();
beforeAll(() => lab.start());
afterAll(() => {
  lab.remove();
});

const isPublic = ({ issuer }: { issuer: string }): boolean => issuer.startsWith("Pebble");

test("before there is a public certificate, the stack's own CA vouches for the site", async () => {
  expect((await lab.shown(NAMES[0])).issuer).toBe("keeper tests' CA");
});

test("an ACME server whose certificate is not trusted gets no order, and the site goes on", async () => {
  lab.obtain(NAMES, undefined);
  await lab.said(/certificate signed by unknown authority/);
  expect(lab.keeperIsHealthy()).toBe(false);
  expect((await lab.shown(NAMES[0])).issuer).toBe("keeper tests' CA");
});

test("a name that the ACME server cannot reach us by is refused by name, and the site goes on", async () => {
  lab.obtain([...NAMES, "elsewhere.keeper.test"], lab.ca);
  await lab.said(/elsewhere\.keeper\.test.*urn:ietf:params:acme:error:(dns|connection|unauthorized)/);
  expect(lab.keeperIsHealthy()).toBe(false);
  expect((await lab.shown(NAMES[0])).issuer).toBe("keeper tests' CA");
});

test("a certificate for all names is obtained, and nginx shows it without a restart", async () => {
  lab.obtain(NAMES, lab.ca);
  await lab.kept();
  expect([...(await lab.showing(isPublic)).names].sort()).toEqual([...NAMES].sort());
});

test("its key is nobody's but the group's that needs it", () => {
  const look = ["stat", "--format", "%u:%g %a", "/var/lib/public-tls/current/tls.key"];
  expect(exec(lab.of("keeper"), look).trim()).toBe("7090:7090 440");
});

test("a renewal reaches the public, and no request fails meanwhile", async () => {
  const before = await lab.shown(NAMES[0]);
  const seen = new Set<string>();
  let requests = 0;
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      seen.add((await lab.shown(NAMES[0])).serial); // rejects when the connection does
      requests++;
    }
  };
  const clients = Promise.all([client(), client()]);
  try {
    await sleep(1000);
    lab.obtain(NAMES, lab.ca); // starts anew; it is due for renewal at once
    await lab.showing(({ serial }) => serial !== before.serial);
    await sleep(1000);
  } finally {
    isOver = true;
  }
  await clients;
  expect(seen.size).toBe(2); // positive control: they saw the old one and the new one
  expect(requests).toBeGreaterThan(100);
});

describe("what is asked for changes", () => {
  const serialOf = async (): Promise<string> => (await lab.shown(NAMES[0])).serial;

  test("a name less: it is not asked for again, though nobody could answer for it", async () => {
    const before = await serialOf();
    lab.obtain([NAMES[0]], lab.ca);
    const { names } = await lab.showing(({ serial }) => serial !== before);
    expect(names).toEqual([NAMES[0]]);
  });

  test("another address for the ACME server's mail: another account, and it goes on", async () => {
    const before = await serialOf();
    lab.obtain(NAMES, lab.ca, "http-01", "others@keeper.test");
    const { names } = await lab.showing(({ serial }) => serial !== before);
    expect([...names].sort()).toEqual([...NAMES].sort());
  });
});
