import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Lab, letRead, makePair, NAMES } from "./lab.ts";

const lab = new Lab();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-given-"));
beforeAll(() => lab.start());
afterAll(() => {
  lab.remove();
  fs.rmSync(folder, { recursive: true });
});

const isGiven = ({ issuer }: { issuer: string }): boolean => issuer === "brought by hand";

test("a pair that is brought to the host is shown", async () => {
  makePair(folder, NAMES);
  lab.take(NAMES, folder);
  await lab.kept();
  await lab.showing(isGiven);
});

describe("what cannot be used is named, and the site goes on with what it has", () => {
  afterEach(async () => {
    expect(isGiven(await lab.shown(NAMES[0]))).toBe(true);
  });

  test("a key that nobody lets us read", async () => {
    fs.chmodSync(path.join(folder, "tls.key"), 0o600);
    lab.take(NAMES, folder);
    await lab.said(/cannot read \/given\/tls\.key; let user or group 7090 read it and its folder/);
  });

  test("a key of another certificate", async () => {
    const certificate = fs.readFileSync(path.join(folder, "tls.crt"));
    makePair(folder, NAMES);
    fs.writeFileSync(path.join(folder, "tls.crt"), certificate);
    lab.take(NAMES, folder);
    await lab.said(/\/given\/tls\.key is not the key of \/given\/tls\.crt/);
  });

  test("a certificate of other names", async () => {
    makePair(folder, [NAMES[0]]);
    lab.take(NAMES, folder);
    await lab.said(/\/given\/tls\.crt is not for people\.keeper\.test/);
  });
});

test("a newer pair takes the place of the old one", async () => {
  const before = await lab.shown(NAMES[0]);
  makePair(folder, ["*.keeper.test"]);
  letRead(folder);
  lab.take(NAMES, folder);
  const { names } = await lab.showing(({ serial }) => serial !== before.serial);
  expect(names).toEqual(["*.keeper.test"]);
});
