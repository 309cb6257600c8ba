import { renderPastes } from "../../automation/service-text.ts";
import { clientIdOf, presetOf } from "../../components/realm/services/presets.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import { PRESET_NAMES } from "../../components/settings/service-presets.ts";
import type { ServiceSettings } from "../../components/settings/schema.ts";

interface Realm {
  readonly services: readonly object[];
  readonly [key: string]: unknown;
}

/** What is parsed of a stack with one directory realm that says this. */
function parse(realm: Realm): readonly ServiceSettings[] {
  const settings = parseSettings("dev", {
    domain: "id.example-id.org",
    host: { bindAddress: "127.0.0.1" },
    openldap: { suffix: "dc=example,dc=org" },
    realms: [{ kind: "directory", name: "community", displayName: "Community", ...realm }],
  });
  return settings.realms[0]?.services ?? [];
}

/** The fault of such a stack, without its path up to the realm. */
function faultOf(realm: Realm): string {
  try {
    parse(realm);
  } catch (error) {
    return String(error).replace(/^[\s\S]*?realms\[0\]\./, "");
  }
  throw new Error("the settings were accepted");
}

const OWN: Readonly<Record<string, object>> = {
  oidc: { redirectUris: ["https://service.example.org/callback"] },
  atlassian: {
    entityId: "https://auth.atlassian.com/saml/0b1c2d3e",
    acsUrl: "https://auth.atlassian.com/login/callback?connection=saml-0b1c2d3e",
  },
  saml: {
    entityId: "https://service.example.org/saml",
    acsUrl: "https://service.example.org/saml/acs",
    attributes: { department: "department" },
  },
};

/** A service of each preset, each under its preset's name. */
const SERVICES = parse({
  aliasDomain: "mail.example.org",
  services: PRESET_NAMES.map((preset) => ({
    preset,
    name: preset,
    url: "https://service.example.org",
    ...OWN[preset],
  })),
});

const app = { preset: "oidc", name: "app", url: "https://app.example.org" };
const REDIRECT = ["https://app.example.org/callback"];

describe("the table of presets", () => {
  test("has every service of the communities, and the two protocols themselves", () => {
    expect(PRESET_NAMES).toEqual([
      "gerrit",
      "storyboard",
      "mediawiki",
      "askbot",
      "refstack",
      "limesurvey",
      "gitea",
      "mailman3",
      "zuul",
      "oidc",
      "zanata",
      "atlassian",
      "saml",
    ]);
  });

  test.each(SERVICES.map((service) => [service.preset, service] as const))("%s", (_, service) => {
    const { protocol, title, client, note } = presetOf(service);
    expect({ protocol, title, client, note }).toMatchSnapshot();
  });

  test.each(SERVICES.map((service) => [service.preset, service] as const))(
    "%s returns to exact https addresses, and proves itself by a secret, PKCE or a registered address alone",
    (_, service) => {
      const { protocol, client } = presetOf(service);
      const uris =
        protocol === "saml" ? [client.acsUrl] : [...client.redirectUris, ...client.postLogoutRedirectUris];
      expect(uris.length).toBeGreaterThan(0);
      for (const uri of uris) expect(uri).toMatch(/^https:\/\/[a-z.]+\/[^*]*$/);
      if (protocol === "saml") return;
      expect(client.access === "confidential" || client.pkce || client.flow === "implicit").toBe(true);
      expect(client.flow === "implicit").toBe(service.preset === "zuul");
    },
  );

  test("what a preset knows of a service gives way to what the settings say", () => {
    const [service] = parse({
      services: [
        {
          preset: "gerrit",
          name: "review",
          displayName: "Code review",
          url: "https://review.example.org",
          redirectUris: ["https://review.example.org/r/oauth"],
          pkce: false,
        },
      ],
    });
    const preset = service === undefined ? undefined : presetOf(service);
    expect(preset).toMatchObject({
      title: "Code review",
      client: { redirectUris: ["https://review.example.org/r/oauth"], pkce: false },
    });
  });

  test("each generation of a client has an ID of its own, which no other service can have", () => {
    const [service] = parse({ services: [{ ...app, redirectUris: REDIRECT }] });
    const ids = [1, 2, 3].map((generation) => (service === undefined ? "" : clientIdOf(service, generation)));
    expect(ids).toEqual(["app", "app.2", "app.3"]);
    for (const name of ids.slice(1))
      expect(faultOf({ services: [{ ...app, redirectUris: REDIRECT, name }] })).toContain("services[0].name");
  });
});

describe("what to paste", () => {
  const values = {
    realm: "community",
    issuer: "https://id.example.org/realms/community",
    publicUrl: "https://id.example.org",
    clientSecret: "CANARY",
    signingCertificate: "MIIC".repeat(20),
  };

  test.each(SERVICES.map((service) => [service.preset, service] as const))("into %s", (_, service) => {
    const preset = presetOf(service);
    const pastes =
      preset.protocol === "saml"
        ? preset.paste(values)
        : preset.paste({ ...values, clientId: clientIdOf(service, 1) });
    const text = renderPastes(pastes);
    expect(text).toMatchSnapshot();
    const hasSecret = preset.protocol === "openid-connect" && preset.client.access === "confidential";
    expect(text.split("CANARY")).toHaveLength(hasSecret ? 2 : 1);
  });
});

describe("what is refused", () => {
  test.each<[string, Realm, string]>([
    [
      "an unknown preset",
      { services: [{ preset: "gerit", name: "review", url: "https://review.example.org" }] },
      `services[0].preset: "gerit"; allowed: a service whose preset is one of ${PRESET_NAMES.join(", ")}`,
    ],
    [
      "a redirect URI with a wildcard host",
      { services: [{ ...app, redirectUris: ["https://*.example.org/callback"] }] },
      'services[0].redirectUris[0]: "https://*.example.org/callback"; allowed: an exact https URL without wildcards, in its normal form, such as https://review.example.org/oauth',
    ],
    [
      "a redirect URI with a wildcard path",
      { services: [{ ...app, redirectUris: [...REDIRECT, "https://app.example.org/*"] }] },
      'services[0].redirectUris[1]: "https://app.example.org/*"; allowed: an exact https URL without wildcards, in its normal form, such as https://review.example.org/oauth',
    ],
    ...[
      "https://App.example.org/in",
      "https://app.example.org:443/in",
      "https://app.example.org/a/../in",
    ].map((uri): [string, Realm, string] => [
      `a redirect URI such as ${uri}, which no client writes so`,
      { services: [{ ...app, redirectUris: [uri] }] },
      `services[0].redirectUris[0]: "${uri}"; allowed: an exact https URL without wildcards, in its normal form, such as https://review.example.org/oauth`,
    ]),
    [
      "a redirect URI over plain HTTP",
      { services: [{ ...app, redirectUris: ["http://app.example.org/callback"] }] },
      'services[0].redirectUris[0]: "http://app.example.org/callback"; allowed: an https URL without a fragment, such as https://login.example.org/auth',
    ],
    [
      "a base URL with a wildcard host",
      { services: [{ preset: "gitea", name: "git", url: "https://*.example.org" }] },
      'services[0].url: "https://*.example.org"; allowed: an https URL without wildcards, query or slash at its end, in its normal form, such as https://review.example.org',
    ],
    [
      "two services of one name",
      {
        services: [
          { ...app, redirectUris: REDIRECT },
          { ...app, redirectUris: REDIRECT },
        ],
      },
      'services[1].name: "app"; allowed: a name that no other service of the realm has',
    ],
    [
      "two services of one entity ID",
      {
        services: [
          { ...OWN.saml, preset: "saml", name: "one", url: "https://one.example.org" },
          { ...OWN.saml, preset: "saml", name: "two", url: "https://two.example.org" },
        ],
      },
      'services[1].entityId: "https://service.example.org/saml"; allowed: an entity ID that no other service of the realm has',
    ],
    [
      "the name of a client of Keycloak's own",
      { services: [{ ...app, redirectUris: REDIRECT, name: "account" }] },
      'services[0].name: "account"; allowed: any name but those of Keycloak\'s own clients: account, account-console, admin-cli, broker, realm-management, security-admin-console',
    ],
    [
      "a public client without PKCE",
      { services: [{ ...app, redirectUris: REDIRECT, access: "public", pkce: false }] },
      "services[0].pkce: false; allowed: true, because a public client proves itself by PKCE alone",
    ],
    [
      "a secret to rotate where there is none",
      { services: [{ ...app, redirectUris: REDIRECT, access: "public", generations: [1, 2] }] },
      "services[0].generations: [1,2]; allowed: one, because a public client has no secret",
    ],
    [
      "a generation twice",
      { services: [{ ...app, redirectUris: REDIRECT, generations: [2, 2] }] },
      "services[0].generations: [2,2]; allowed: two generations, the newest last",
    ],
    [
      "aliases where there are none",
      { services: [{ ...OWN.atlassian, preset: "atlassian", name: "jira", url: "https://c.atlassian.net" }] },
      "services[0].nameId: missing; allowed: alias only in a realm with aliasDomain",
    ],
    [
      "two groups of one name",
      { services: [], groups: [{ name: "editors" }, { name: "editors" }] },
      'groups[1].name: "editors"; allowed: a name that no other group of the realm has',
    ],
    [
      "a role twice",
      { services: [], roles: ["editor", "editor"] },
      'roles[1]: "editor"; allowed: a role that the realm does not list before',
    ],
    [
      "a role of Keycloak's own",
      { services: [], roles: ["offline_access"] },
      'roles[0]: "offline_access"; allowed: any role but Keycloak\'s own: offline_access, uma_authorization, default-roles-REALM',
    ],
    [
      "a role that the realm does not list",
      { services: [], roles: ["editor"], groups: [{ name: "editors", roles: ["editor", "admin"] }] },
      'groups[0].roles[1]: "admin"; allowed: a role that the realm lists under roles',
    ],
    [
      "a setting of another preset",
      { services: [{ preset: "zuul", name: "zuul", url: "https://zuul.example.org", pkce: true }] },
      "services[0].pkce: not a setting; allowed: only preset, name, url, displayName, redirectUris",
    ],
  ])("%s", (_, realm, fault) => {
    expect(faultOf(realm)).toBe(fault);
  });
});
