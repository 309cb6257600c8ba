import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { missingSecrets, parseSettings } from "../../components/settings/parse.ts";

const SETTINGS = {
  domain: "id.example-id.org",
  host: { bindAddress: "127.0.0.1" },
  certificates: { kind: "acme", email: "ada@example.org", serverCa: "ca.pem" },
  openldap: { suffix: "dc=example,dc=org", seed: "people.ldif" },
  realms: [
    { kind: "directory", name: "community", displayName: "Community", theme: { logo: "logo.svg" } },
    {
      kind: "broker",
      name: "developers",
      displayName: "Developers",
      identityProviders: [{ kind: "twitter", alias: "twitter", clientId: "client", icon: "icon.png" }],
    },
  ],
};

const SECRETS = { developers: { twitter: "given" } };

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-files-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), content);
}

test("files that a stack file names are looked at where it is, as the program reads them", () => {
  write({
    "ca.pem": "",
    "people.ldif": "",
    "logo.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "icon.png": Buffer.from("89504e470d0a1a0a", "hex"),
  });
  expect(missingSecrets("dev", SETTINGS, undefined, folder)).toEqual([
    { group: "developers", name: "twitter" },
  ]);
  expect(() => parseSettings("dev", { ...SETTINGS, secrets: SECRETS }, undefined, folder)).not.toThrow();
});

test("each that is missing or unsuitable is named with its setting, with every other fault", () => {
  write({ "logo.svg": "<svg onload='x'/>", "icon.png": "GIF89a" });
  const certificates = { ...SETTINGS.certificates, challenge: "dns-01" };
  expect(() => missingSecrets("dev", { ...SETTINGS, certificates }, undefined, folder)).toThrow(
    [
      "Pulumi.dev.yaml has 5 faults:",
      '  certificates.challenge: "dns-01"; allowed: http-01, because dns is not of kind knot or update, which take records',
      '  openldap.seed: "people.ldif"; allowed: another file: this one cannot be read; give its path relative to the project',
      '  certificates.serverCa: "ca.pem"; allowed: another file: this one cannot be read; give its path relative to the project',
      '  realms[0].theme.logo: "logo.svg"; allowed: another file: this one holds <svg>; save it as plain SVG of shapes, text and gradients only',
      '  realms[1].identityProviders[0].icon: "icon.png"; allowed: another file: this one is not a PNG file',
    ].join("\n"),
  );
});

test("one of another file that the stack goes by is named with that", () => {
  const base = { ...SETTINGS, realms: SETTINGS.realms.slice(0, 1) };
  const own = { from: "staging", domain: "other.example-id.org", host: SETTINGS.host };
  expect(() => missingSecrets("dev", own, () => base, folder)).toThrow(
    /^ {2}realms\[community\]\.theme\.logo \(of Pulumi\.staging\.yaml\): "logo\.svg"; allowed: another file/m,
  );
});
