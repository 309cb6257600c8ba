import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stackFileSchema } from "../../components/settings/json-schema.ts";
import type { RawSettings } from "../../components/settings/derive.ts";
import { missingSecrets, parseSettings, SettingsError } from "../../components/settings/parse.ts";
import { placeholderSecrets } from "../../components/settings/secrets.ts";
import { stackFilesIn } from "../../components/settings/stack-file.ts";
import { settingsWithoutSecrets } from "../../automation/stack-settings.ts";

const PRODUCTION = {
  domain: "id.example-id.org",
  host: { bindAddress: "192.0.2.10", docker: "ssh://deploy@host.example-id.org" },
  keycloak: { memoryMiB: 2048, logLevel: "warn" },
  openldap: { suffix: "dc=example,dc=org" },
  certificates: { kind: "acme", email: "operators@example.org" },
  smtp: { kind: "server", host: "smtp.example.com", username: "community" },
  relay: {
    hostname: "mx.people.example.org",
    postmaster: "operators@example.org",
    senders: { extra: ["192.0.2.0/24"] },
  },
  realms: [
    {
      kind: "directory",
      name: "community",
      displayName: "Community",
      aliasDomain: "people.example.org",
      sender: "no-reply@example.org",
      theme: {
        support: "mailto:help@example.org",
        links: [{ label: "Wiki", url: "https://wiki.example.org/" }],
      },
      services: [
        {
          preset: "oidc",
          name: "talk",
          url: "https://talk.example.org",
          redirectUris: ["https://talk.example.org/callback"],
        },
        { preset: "gitea", name: "git", url: "https://git.example.com" },
      ],
    },
    {
      kind: "broker",
      name: "developers",
      displayName: "Developers",
      identityProviders: [{ kind: "github", alias: "github", clientId: "of-production" }],
    },
  ],
  secrets: { smtp: { password: "canary" }, developers: { github: "canary" } },
};

const STAGING = {
  from: "production",
  rename: { "example-id.org": "stg.example-id.org", "example.org": "stg.example.org" },
  host: { bindAddress: "192.0.2.20" },
  realms: [{ name: "developers", identityProviders: [{ alias: "github", clientId: "of-staging" }] }],
  secrets: { developers: { github: "given" } },
};

const FILES: Readonly<Record<string, RawSettings>> = { production: PRODUCTION, staging: STAGING };
const readBase = (stack: string): RawSettings | undefined => FILES[stack];

const parse = (own: RawSettings, stack = "staging"): ReturnType<typeof parseSettings> =>
  parseSettings(stack, own, readBase);

function messageOf(own: RawSettings, stack = "staging", files = FILES): string {
  try {
    parseSettings(stack, own, (name) => files[name]);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error("the settings were accepted");
}

describe("a stack that goes by another one's file", () => {
  test("has other names for its own and its services' hosts, and the same people", () => {
    const { domain, relay, realms, certificates } = parse(STAGING);
    expect(domain).toBe("id.stg.example-id.org");
    expect(relay).toMatchObject({
      hostname: "mx.people.stg.example.org",
      postmaster: "operators@example.org",
    });
    expect(certificates).toMatchObject({ email: "operators@example.org" });
    expect(realms[0]).toMatchObject({
      aliasDomain: "people.stg.example.org",
      sender: "no-reply@stg.example.org",
      theme: { support: "mailto:help@example.org", links: [{ url: "https://wiki.stg.example.org/" }] },
      services: [
        { url: "https://talk.stg.example.org", redirectUris: ["https://talk.stg.example.org/callback"] },
        { url: "https://git.example.com" },
      ],
    });
  });

  test("says of a realm and of a provider only what differs, and the rest stays", () => {
    const { realms, keycloak } = parse({ ...STAGING, keycloak: { memoryMiB: 1024 } });
    expect(keycloak).toEqual({ memoryMiB: 1024, logLevel: "warn" });
    expect(realms.map(({ name }) => name)).toEqual(["community", "developers"]);
    expect(realms[1]).toMatchObject({
      displayName: "Developers",
      identityProviders: [{ kind: "github", alias: "github", clientId: "of-staging" }],
    });
  });

  test("adds a realm, and leaves out what it says", () => {
    const own = { kind: "directory", name: "more", displayName: "More" };
    const { realms, relay, certificates } = parse({
      ...STAGING,
      realms: [own],
      secrets: {},
      without: ["relay", "certificates", "realms.developers", "realms.community.services.git"],
    });
    expect(realms.map(({ name }) => name)).toEqual(["community", "more"]);
    expect(realms[0]?.services.map(({ name }) => name)).toEqual(["talk"]);
    expect(relay).toBeUndefined();
    expect(certificates).toEqual({ kind: "own" });
  });

  test("of another kind keeps nothing of what was there", () => {
    expect(parse({ ...STAGING, certificates: { kind: "own" } }).certificates).toEqual({ kind: "own" });
  });

  test("has neither host nor secrets of the other one", () => {
    expect(parse(STAGING).host).not.toHaveProperty("docker");
    expect(messageOf({ ...STAGING, host: undefined, secrets: undefined })).toBe(
      "Pulumi.staging.yaml has a fault:\n  host: missing; allowed: an object",
    );
    expect(messageOf({ ...STAGING, secrets: undefined })).toContain("  secrets.developers.github: missing; ");
    expect(JSON.stringify(parse(STAGING))).not.toContain("canary");
  });

  test("sends no mail, but to listed domains by the other one's server", () => {
    expect(parse(STAGING).smtp).toEqual({ kind: "sink", except: [] });
    const own = {
      ...STAGING,
      smtp: { kind: "sink", except: ["example.org"] },
      secrets: { ...STAGING.secrets, smtp: { password: "given" } },
    };
    expect(parse(own).smtp).toEqual({
      kind: "sink",
      except: ["example.org"],
      through: { host: "smtp.example.com", port: 587, username: "community" },
    });
    expect(messageOf({ ...own, secrets: STAGING.secrets })).toContain("secrets.smtp.password: missing");
  });

  test("may go by one that goes by a third", () => {
    const { domain, smtp, realms } = parse(
      {
        from: "staging",
        rename: { "id.stg.example-id.org": "id.one.test", "people.stg.example.org": "people.one.test" },
        host: { bindAddress: "127.0.0.9" },
        secrets: { developers: { github: "given" } },
      },
      "one",
    );
    expect([domain, realms[0]?.services[0]?.url]).toEqual(["id.one.test", "https://talk.stg.example.org"]);
    expect(smtp).toEqual({ kind: "sink", except: [] });
    expect(realms[1]).toMatchObject({ identityProviders: [{ clientId: "of-staging" }] });
  });
});

describe("faults", () => {
  test("name the file and, where lists have names, the name", () => {
    const [community, developers] = PRODUCTION.realms;
    const files = {
      ...FILES,
      production: {
        ...PRODUCTION,
        realms: [{ ...community, displayName: "" }, developers],
        nginx: { memory: 1 },
      },
    };
    const own = {
      ...STAGING,
      postgres: { memoryMiB: 1 },
      realms: [{ name: "developers", roles: ["a", "a b"] }],
    };
    expect(messageOf(own, "staging", files).split("\n").sort()).toEqual(
      [
        "Pulumi.staging.yaml has 4 faults:",
        "  postgres.memoryMiB: 1; allowed: a number of MiB from 128 to 1048576",
        "  nginx.memory (of Pulumi.production.yaml): not a setting; allowed: only shortLinks, files, adminNetworks, loginsPerMinute, memoryMiB",
        '  realms[community].displayName (of Pulumi.production.yaml): ""; allowed: one line of 1 to 255 characters without ${',
        '  realms[developers].roles[1]: "a b"; allowed: 1 to 64 letters, digits, dots, dashes and underscores',
      ].sort(),
    );
  });

  test.each([
    [
      "a stack without a file",
      { ...STAGING, from: "prodution" },
      'from: "prodution"; allowed: a stack that has a file: there is no Pulumi.prodution.yaml',
    ],
    ["itself", { ...STAGING, from: "staging" }, "a stack that does not go by this one itself"],
    ["a path", { ...STAGING, from: "../production" }, 'from: "../production"; allowed: the name of a stack'],
    [
      "a domain that is not there",
      { ...STAGING, rename: { ...STAGING.rename, "exmaple.org": "a.test" } },
      'rename.exmaple.org: "a.test"; allowed: a domain that the other file names (production)',
    ],
    [
      "a setting that is not there",
      { ...STAGING, without: ["realms.community.services.wiki"] },
      'without[0]: "realms.community.services.wiki"; allowed: a setting that the other file has',
    ],
    ["what is never taken", { ...STAGING, without: ["host"] }, 'without[0]: "host"; allowed: '],
    [
      "one's own names kept",
      { ...STAGING, rename: { "example.org": "stg.example.org" } },
      'domain: "id.example-id.org"; allowed: another one than stack production has',
    ],
    [
      "alias domains kept",
      { ...STAGING, rename: { "example-id.org": "stg.example-id.org" } },
      'realms[community].aliasDomain: "people.example.org"; allowed: another one',
    ],
  ])("%s", (_, own, message) => {
    expect(messageOf(own)).toContain(message);
  });

  test("stacks that go by each other", () => {
    const files = { a: { ...STAGING, from: "b" }, b: { ...STAGING, from: "a" } };
    expect(messageOf(files.a, "a", files)).toContain("does not go by this one itself");
  });

  test("rename and without mean nothing on their own", () => {
    expect(messageOf({ ...PRODUCTION, rename: STAGING.rename, without: ["relay"] }, "dev")).toContain(
      "allowed: nothing, because from names no other stack",
    );
  });

  test.each([
    [
      "exceptions without a relay",
      { relay: undefined },
      { except: ["example.org"], through: { host: "smtp.example.com", username: "a" } },
      'smtp.except: ["example.org"]; allowed: nothing without a relay',
    ],
    [
      "exceptions without a server",
      {},
      { except: ["example.org"] },
      "smtp.through: missing; allowed: the server that mail",
    ],
    [
      "a server without exceptions",
      {},
      { through: { host: "smtp.example.com", username: "a" } },
      "allowed: nothing, because smtp.except lists no domain",
    ],
  ])("%s", (_, beside, smtp, message) => {
    expect(messageOf({ ...PRODUCTION, ...beside, smtp: { kind: "sink", ...smtp } }, "dev")).toContain(
      message,
    );
  });
});

describe("secrets that are not there", () => {
  test("are listed without being faults, and placeholders do for them", () => {
    const own = { ...STAGING, secrets: {} };
    const missing = missingSecrets("staging", own, readBase);
    expect(missing).toEqual([{ group: "developers", name: "github" }]);
    expect(parse({ ...own, secrets: placeholderSecrets(missing) }).domain).toBe("id.stg.example-id.org");
  });

  test("do not hide other faults", () => {
    expect(() => missingSecrets("staging", { ...STAGING, domain: "ID" }, readBase)).toThrow(/domain: "ID"/);
  });
});

describe("the stack files of this project", () => {
  test.each(["dev", "staging", "production"])("%s is complete but for secrets", (stack) => {
    expect(settingsWithoutSecrets(stack).realms.length).toBeGreaterThan(1);
  });

  test("staging has every realm, service and provider of production, and none of its names", () => {
    const shape = (stack: string): unknown =>
      settingsWithoutSecrets(stack).realms.map(({ kind, name, services, ...realm }) => ({
        ...{ kind, name },
        services: services.map((service) => `${service.preset} ${service.name}`),
        providers: "identityProviders" in realm ? realm.identityProviders.map(({ alias }) => alias) : [],
      }));
    expect(shape("staging")).toEqual(shape("production"));
    const hosts = (stack: string): Set<string> =>
      new Set(JSON.stringify(settingsWithoutSecrets(stack).realms).match(/[a-z.-]+\.example\.org/g));
    expect([...hosts("staging")].filter((host) => hosts("production").has(host))).toEqual([]);
    expect(hosts("production").size).toBeGreaterThan(5);
  });

  test("a file that is no YAML is named with its line", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-files-"));
    try {
      fs.writeFileSync(path.join(folder, "Pulumi.base.yaml"), "config:\n  sso:domain: [\n");
      expect(() => parseSettings("one", { from: "base" }, stackFilesIn(folder, "sso"))).toThrow(
        /^Pulumi\.base\.yaml has a fault:\n {2}line 3: /,
      );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test("editors complete both kinds of file", () => {
    const { config } = (
      stackFileSchema() as { properties: { config: Record<"then" | "else", { required: string[] }> } }
    ).properties;
    expect(config.else.required).toContain("sso:realms");
    expect(config.then.required).toEqual(["sso:from"]);
    expect(JSON.stringify(config.then)).not.toContain('"oneOf"');
  });
});
