import * as fs from "node:fs";
import fc from "fast-check";
import { stackFileSchema } from "../../components/settings/json-schema.ts";
import { parseSettings, SettingsError } from "../../components/settings/parse.ts";

const LEAST = {
  domain: "id.example.org",
  host: { bindAddress: "127.0.0.1" },
  openldap: { suffix: "dc=example,dc=org" },
  realms: [{ kind: "directory", name: "community", displayName: "Community" }],
};

const BROKER = {
  kind: "broker",
  name: "developers",
  displayName: "Developers",
  identityProviders: [{ kind: "github", alias: "github", clientId: "client" }],
};

/** What a stack of broker realms has beside its realms. */
const BROKERS = { domain: LEAST.domain, host: LEAST.host };

function faultsOf(raw: Record<string, unknown>): SettingsError {
  try {
    parseSettings("dev", raw);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error("the settings were accepted");
}

describe("stack settings", () => {
  test("the least a stack must say gets every default", () => {
    const settings = parseSettings("dev", LEAST);
    expect(settings.protect).toBe(true);
    expect(settings.host).toEqual({
      bindAddress: "127.0.0.1",
      adminAddress: "127.0.0.1",
      adminPorts: { postgres: 15432, keycloak: 18443 },
    });
    expect(settings.realms[0]).toMatchObject({ registration: false, passwordPolicy: { minLength: 12 } });
  });

  test("all faults are named at once: path, value received, what is allowed", () => {
    const error = faultsOf({
      ...LEAST,
      domain: "ID",
      host: { bindAddress: "x", adminPorts: { postgres: 0 }, bindAdress: "127.0.0.1" },
      openldap: {},
      realms: [{ kind: "directory", name: "master", displayName: "C", passwordPolicy: { minLenght: 3 } }],
    });
    expect(error.message).toBe(
      [
        "Pulumi.dev.yaml has 7 faults:",
        '  domain: "ID"; allowed: a domain name in lower case, such as id.example.org',
        '  host.bindAddress: "x"; allowed: an IPv4 address, such as 127.0.0.1',
        "  host.adminPorts.postgres: 0; allowed: a port number from 1 to 65535",
        "  host.bindAdress: not a setting; allowed: only docker, bindAddress, bindAddress6, adminAddress, adminPorts",
        "  openldap.suffix: missing; allowed: domain components, such as dc=example,dc=org",
        `  realms[0].name: "master"; allowed: any name but master, which is Keycloak's own realm`,
        "  realms[0].passwordPolicy.minLenght: not a setting; allowed: only minLength",
      ].join("\n"),
    );
  });

  test("the value of an unknown key never shows: it may be a secret", () => {
    expect(faultsOf({ ...LEAST, smtpPassword: "canary" }).message).not.toContain("canary");
  });

  test("two realms of one name are refused", () => {
    const [realm] = LEAST.realms;
    expect(faultsOf({ ...LEAST, realms: [realm, realm] }).message).toContain(
      'realms[1].name: "community"; allowed: a name that no other realm has',
    );
  });

  test("a broker realm needs the secrets of its providers, by the command that sets each", () => {
    expect(faultsOf({ ...BROKERS, realms: [BROKER] }).message).toBe(
      "Pulumi.dev.yaml has a fault:\n  secrets.developers.github: missing; allowed: a secret; " +
        "run: pulumi config set --stack dev --secret --path sso:secrets.developers.github",
    );
    const secrets = { developers: { github: "canary" } };
    expect(parseSettings("dev", { ...BROKERS, realms: [BROKER], secrets }).realms[0]).toMatchObject({
      identityProviders: [{ alias: "github", trustEmail: false, hideOnLoginPage: false }],
    });
  });

  test("a secret that nothing asks for is refused, and never shown", () => {
    const { message } = faultsOf({ ...LEAST, secrets: { smtp: { password: "canary" } } });
    expect(message).toContain(
      "secrets.smtp.password: a value; allowed: only secrets that a setting asks for; " +
        "run: pulumi config rm --stack dev --path sso:secrets.smtp.password",
    );
    expect(message).not.toContain("canary");
  });

  const [community] = LEAST.realms;
  const secrets = { community: { recaptcha: "given" } };
  const captchaFaults = (realm: object): string =>
    faultsOf({ ...LEAST, realms: [{ ...community, registration: true, ...realm }], secrets }).message;

  test("a captcha says only what its version has", () => {
    expect(captchaFaults({ recaptcha: { version: "v2", siteKey: "site", leastScore: 0.7 } })).toBe(
      "Pulumi.dev.yaml has a fault:\n" +
        "  realms[0].recaptcha.leastScore: not a setting; allowed: only version, siteKey",
    );
    expect(captchaFaults({ recaptcha: { version: "v4", siteKey: "site" } })).toBe(
      'Pulumi.dev.yaml has a fault:\n  realms[0].recaptcha.version: "v4"; allowed: v2 or v3',
    );
    const realms = [{ ...community, registration: true, recaptcha: { version: "v3", siteKey: "site" } }];
    expect(parseSettings("dev", { ...LEAST, realms, secrets }).realms[0]).toMatchObject({
      recaptcha: { version: "v3", leastScore: 0.5 },
    });
  });

  test("there is no captcha without a form to register by", () => {
    expect(captchaFaults({ registration: false, recaptcha: { version: "v2", siteKey: "site" } })).toContain(
      '  realms[0].recaptcha: {"version":"v2","siteKey":"site"}; allowed: nothing, because registration is false',
    );
  });

  test.each([
    ["baseUrl", "apiUrl", "the API of the GitHub at baseUrl, such as https://HOST/api/v3"],
    ["apiUrl", "baseUrl", "the GitHub whose API is at apiUrl, such as https://HOST"],
  ])("a GitHub of one's own with %s has %s too", (given, missing, allowed) => {
    const [provider] = BROKER.identityProviders;
    const realmWith = (urls: object): object => ({
      ...BROKER,
      identityProviders: [{ ...provider, ...urls }],
    });
    const url = "https://github.example.org";
    const secrets = { developers: { github: "given" } };
    expect(faultsOf({ ...BROKERS, realms: [realmWith({ [given]: url })], secrets }).message).toBe(
      `Pulumi.dev.yaml has a fault:\n  realms[0].identityProviders[0].${missing}: missing; allowed: ${allowed}`,
    );
    const both = realmWith({ [given]: url, [missing]: url });
    expect(() => parseSettings("dev", { ...BROKERS, realms: [both], secrets })).not.toThrow();
  });

  test("a stack of broker realms only needs no directory, one with a directory realm does", () => {
    const secrets = { developers: { github: "given" } };
    expect(parseSettings("dev", { ...BROKERS, realms: [BROKER], secrets }).openldap).toBeUndefined();
    expect(faultsOf({ ...BROKERS, realms: LEAST.realms }).message).toContain(
      "openldap: missing; allowed: OpenLDAP's settings, because realm community",
    );
    expect(faultsOf({ ...LEAST, realms: [BROKER], secrets }).message).toContain(
      "allowed: nothing, because no realm is a directory realm",
    );
  });

  test("faults of the directory, a service and a secret are named together", () => {
    const services = [{ preset: "gitea", name: "git", url: "https://git.example.net" }];
    const realm = { ...BROKER, services: [...services, ...services] };
    const { faults } = faultsOf({ ...LEAST, realms: [realm] });
    expect(faults.map(({ path }) => path)).toEqual([
      "openldap",
      "realms[0].services[1].name",
      "secrets.developers.github",
    ]);
  });

  test("five broker realms, as for the tenants of a Zuul", () => {
    const names = ["opendev", "openstack", "zuul", "airship", "starlingx"];
    const realms = names.map((name) => ({ ...BROKER, name }));
    const secrets = Object.fromEntries(names.map((name) => [name, { github: "given" }]));
    expect(parseSettings("dev", { ...BROKERS, realms, secrets }).realms).toHaveLength(5);
  });

  test.each([
    ["a page of nginx's own", { files: { "busy.html": "x" } }, "nginx.files.busy.html: "],
    ["a path that the id site has", { files: { logout: "x" } }, "nginx.files.logout: "],
    [
      "a short link and a file of one name",
      { files: { jira: "x" }, shortLinks: { jira: "https://jira.example.org" } },
      "nginx.files.jira: ",
    ],
  ])("%s is refused", (_, nginx, fault) => {
    expect(faultsOf({ ...LEAST, nginx }).message).toContain(fault);
  });

  test("two providers of one alias are refused", () => {
    const [provider] = BROKER.identityProviders;
    const realm = { ...BROKER, identityProviders: [provider, provider] };
    expect(faultsOf({ ...LEAST, realms: [realm] }).message).toContain(
      'realms[0].identityProviders[1].alias: "github"; allowed: an alias that no other provider of the realm has',
    );
  });

  test("directory realms, which share the directory, have one alias domain", () => {
    const [realm] = LEAST.realms;
    const realms = ["people.example", "others.example"].map((aliasDomain, index) => ({
      ...{ ...realm, name: `realm${index}`, aliasDomain },
    }));
    expect(faultsOf({ ...LEAST, realms }).message).toContain(
      'realms[1].aliasDomain: "others.example"; allowed: people.example, because all directory realms share',
    );
  });

  test("claims are refused of a provider whose answers Keycloak cannot copy", () => {
    const provider = { kind: "twitter", alias: "x", clientId: "sso", claims: { nick: "screen_name" } };
    const realm = { ...BROKER, identityProviders: [provider] };
    expect(faultsOf({ ...LEAST, realms: [realm] }).message).toContain("identityProviders[0].claims: ");
  });

  test.each(["lastLogin", "spam", "${x}"])("no claim is copied into %s", (attribute) => {
    const [provider] = BROKER.identityProviders;
    const realm = { ...BROKER, identityProviders: [{ ...provider, claims: { [attribute]: "claim" } }] };
    expect(faultsOf({ ...LEAST, realms: [realm] }).message).toContain(
      `identityProviders[0].claims.${attribute}: `,
    );
  });

  test("Ubuntu One needs no more than its kind, and the shim has defaults", () => {
    const realm = {
      ...BROKER,
      identityProviders: [{ kind: "ubuntuone" }, { kind: "openid2", alias: "openid" }],
    };
    const settings = parseSettings("dev", { ...BROKERS, realms: [realm] });
    expect(settings.simplesamlphp).toEqual({ memoryMiB: 96, encryptAssertions: false, privateHosts: [] });
    expect(settings.realms[0]).toMatchObject({
      identityProviders: [
        { alias: "ubuntuone", endpoint: "https://login.ubuntu.com/+openid", teams: [], trustEmail: false },
        { alias: "openid" },
      ],
    });
  });

  test.each([
    ["endpoint", "http://login.ubuntu.com/+openid"],
    ["teams[0]", ["builders,admins"]],
    ["teams[0]", [""]],
  ])("Ubuntu One's %s is refused when it is %j", (path, value) => {
    const provider = { kind: "ubuntuone", [path.replace("[0]", "")]: value };
    const { faults } = faultsOf({ ...BROKERS, realms: [{ ...BROKER, identityProviders: [provider] }] });
    expect(faults.map((fault) => fault.path)).toEqual([`realms[0].identityProviders[0].${path}`]);
  });

  test("an address is trusted of no provider that people choose themselves", () => {
    const parse = (more: object): unknown => {
      const provider = { kind: "openid2", alias: "openid", trustEmail: true, ...more };
      return parseSettings("dev", { ...BROKERS, realms: [{ ...BROKER, identityProviders: [provider] }] });
    };
    expect(() => parse({})).toThrow(
      "realms[0].identityProviders[0].trustEmail: true; allowed: false without an endpoint",
    );
    parse({ endpoint: "https://openid.example.org/op" }); // positive control
  });

  test.each([
    ["http://login.example.org", "plain HTTP"],
    ["https://user:word@login.example.org/", "a password"],
    ["https://login.example.org/#top", "a fragment"],
    ["login.example.org", "no scheme"],
  ])("an endpoint %s is refused for %s", (tokenUrl) => {
    const provider = {
      kind: "oidc",
      alias: "login",
      clientId: "c",
      issuer: "https://login.example.org",
      authorizationUrl: "https://login.example.org/auth",
      jwksUrl: "https://login.example.org/keys",
      tokenUrl,
    };
    const { faults } = faultsOf({ ...LEAST, realms: [{ ...BROKER, identityProviders: [provider] }] });
    expect(faults.map(({ path }) => path)).toContain("realms[0].identityProviders[0].tokenUrl");
  });

  test("any JSON either passes or is refused with at least one fault, never with a crash", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(LEAST), "x"), fc.jsonValue()), (raw) => {
        try {
          parseSettings("dev", raw);
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
          expect((error as SettingsError).faults.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  test("the JSON Schema for editors is the one the stack files name", () => {
    const file = "components/settings/stack-file.schema.json";
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toEqual(stackFileSchema());
    for (const stack of ["dev", "staging", "production"]) {
      expect(fs.readFileSync(`Pulumi.${stack}.yaml`, "utf8")).toContain(`$schema=${file}`);
    }
  });
});
