import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { eventually } from "../../eventually.ts";
import { Lab, letRead, makeIssuedPair, makePair, NAMES } from "./lab.ts";

const lab = new Lab();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-given-"));
const issuer = fs.mkdtempSync(path.join(os.tmpdir(), "sso-issuer-"));
beforeAll(() => lab.start());
afterAll(() => {
  lab.remove();
  for (const each of [folder, issuer]) fs.rmSync(each, { recursive: true });
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
    await lab.said(/\/given\/tls\.crt is not for aliases\.keeper\.test/);
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

test("a key and a certificate that got mixed end nothing, and the keeper puts them right", async () => {
  const before = await lab.shown(NAMES[0]);
  lab.publishMixed();
  await lab.said(/nginx does not run with its configuration and the certificate in/, "nginx");
  expect(await lab.shown(NAMES[0])).toEqual(before);
  await lab.restartNginx();
  expect((await lab.shown(NAMES[0])).issuer).toBe("keeper tests' CA");
  lab.take(NAMES, folder);
  expect(await lab.showing(isGiven)).toEqual(before);
  expect(lab.published()).toHaveLength(2); // the link and its folder: no key is left over
});

test("the issuer's word comes along with a certificate that names a responder", async () => {
  expect(lab.standing(NAMES[0])).toContain("OCSP response: no response sent"); // positive control
  makeIssuedPair(folder, issuer, NAMES);
  lab.startResponder(issuer);
  lab.take(NAMES, folder);
  await lab.showing((shown) => shown.issuer === "issuer with a responder");
  // nginx asks once somebody has come.
  const standing = await eventually("the issuer's word", () => {
    const said = lab.standing(NAMES[0]);
    return !said.includes("no response sent") && said;
  });
  expect(standing).toMatch(/OCSP Response Status: successful/);
  expect(standing).toMatch(/Cert Status: good/);
});
