import * as keycloak from "@pulumi/keycloak";
import { Services } from "../../components/realm/services/services.ts";
import { type Expectation, Expectations } from "../../components/realm/verification.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import { type Recorded, recordResources, settled } from "./recorder.ts";

const expectations = new Expectations();
const recorded = recordResources("test");

beforeAll(async () => {
  const { realms } = parseSettings("test", {
    domain: "id.test-id.example",
    host: { bindAddress: "127.9.9.9" },
    openldap: { suffix: "dc=test,dc=example" },
    realms: [
      {
        kind: "directory",
        name: "community",
        displayName: "Community",
        aliasDomain: "mail.test.example",
        roles: ["editor", "reviewer"],
        groups: [{ name: "editors", roles: ["editor"] }, { name: "guests" }],
        services: [
          { preset: "gerrit", name: "review", url: "https://review.test.example" },
          { preset: "gitea", name: "git", url: "https://git.test.example", generations: [1, 2] },
          { preset: "zuul", name: "zuul", url: "https://zuul.test.example" },
          {
            preset: "oidc",
            name: "page",
            url: "https://page.test.example",
            redirectUris: ["https://page.test.example/callback"],
            access: "public",
          },
          {
            preset: "atlassian",
            name: "jira",
            url: "https://community.atlassian.net",
            entityId: "https://auth.atlassian.com/saml/1",
            acsUrl: "https://auth.atlassian.com/login/callback?connection=saml-1",
          },
          {
            preset: "atlassian",
            name: "later",
            url: "https://later.atlassian.net",
            entityId: "https://auth.atlassian.com/saml/2",
            acsUrl: "https://auth.atlassian.com/login/callback?connection=saml-2",
            singleLogoutUrl: "https://auth.atlassian.com/logout",
          },
          { preset: "zanata", name: "translate", url: "https://translate.test.example" },
          {
            preset: "saml",
            name: "library",
            url: "https://library.test.example",
            entityId: "https://library.test.example/saml",
            acsUrl: "https://library.test.example/acs",
            attributes: {
              department: "department",
              name: "username",
              "https://test.example/claims/name": "email",
            },
            signingCertificate: "MIIC".repeat(30),
          },
        ],
      },
    ],
  });
  const [realm] = realms;
  if (realm === undefined) throw new Error("no realm");
  const provider = new keycloak.Provider("keycloak", { url: "https://localhost:1", clientId: "pulumi" });
  const scope = { realmId: "community", provider, deletedWith: provider, expectations };
  new Services("services", { ...scope, settings: realm });
  await settled();
});

/** How Pulumi writes a value that is marked as secret. */
const secret = (value: string): object => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

const ofType = (type: string): Recorded[] => recorded.filter((resource) => resource.type === type);
const openidClients = (): Recorded[] => ofType("keycloak:openid/client:Client");
const samlClients = (): Recorded[] => ofType("keycloak:saml/client:Client");

function inputsOf(type: string, name: string): Recorded["inputs"] {
  const found = ofType(type).find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`no ${type} ${name}`);
  return found.inputs;
}

test("the whole list of what services are made of, and what each is asked to be", () => {
  const byName = [...recorded].sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
  expect(byName.map(({ type, name, inputs }) => ({ [`${type} ${name}`]: inputs }))).toMatchSnapshot();
});

test("every client is read back after an update", async () => {
  const all = await new Promise<Expectation[]>((resolve) => void expectations.settled().apply(resolve));
  expect(all.map(({ of }) => of).sort()).toEqual(
    [...openidClients(), ...samlClients()].map(({ inputs }) => `client ${String(inputs.clientId)}`).sort(),
  );
  const values = Object.fromEntries(all.map((each) => [each.of, each.values]));
  expect(values["client page"]).toMatchObject({
    fullScopeAllowed: false,
    publicClient: true,
    redirectUris: ["https://page.test.example/callback"],
    "attributes.pkce.code.challenge.method": "S256",
  });
  expect(values["client https://library.test.example/saml"]).toMatchObject({
    redirectUris: ["https://library.test.example/acs"],
    "attributes.saml.server.signature": "true",
    "attributes.saml.client.signature": "true",
  });
});

test("no client may use more than one flow, take a password, act on its own or have every role", () => {
  expect(openidClients()).toHaveLength(5);
  for (const { inputs } of openidClients()) {
    expect(inputs.standardFlowEnabled).toBe(inputs.implicitFlowEnabled === false);
    expect(inputs).toMatchObject({
      directAccessGrantsEnabled: false,
      serviceAccountsEnabled: false,
      fullScopeAllowed: false,
    });
  }
  for (const { inputs } of samlClients()) expect(inputs.fullScopeAllowed).toBe(false);
});

test("every confidential client has a secret of its own, and no other has one", () => {
  const secrets = openidClients().map(({ inputs }) => [
    inputs.clientId,
    inputs.accessType,
    inputs.clientSecret,
  ]);
  expect(new Set(secrets)).toEqual(
    new Set([
      ["review", "CONFIDENTIAL", secret("made-for-services-review-secret")],
      ["git", "CONFIDENTIAL", secret("made-for-services-git-secret")],
      ["git.2", "CONFIDENTIAL", secret("made-for-services-git.2-secret")],
      ["zuul", "PUBLIC", undefined],
      ["page", "PUBLIC", undefined],
    ]),
  );
});

test("generations of a client differ in ID and secret alone", () => {
  const [first, second] = ["services-git-client", "services-git.2-client"].map((name) =>
    inputsOf("keycloak:openid/client:Client", name),
  );
  expect(second).toEqual({
    ...first,
    clientId: "git.2",
    clientSecret: secret("made-for-services-git.2-secret"),
  });
});

test("Atlassian gets the alias as NameID in e-mail format, and nothing without one", () => {
  const client = inputsOf("keycloak:saml/client:Client", "services-jira-client");
  expect(client).toMatchObject({
    clientId: "https://auth.atlassian.com/saml/1",
    validRedirectUris: ["https://auth.atlassian.com/login/callback?connection=saml-1"],
    nameIdFormat: "email",
    forceNameIdFormat: true,
    forcePostBinding: true,
    signDocuments: true,
    signatureAlgorithm: "RSA_SHA256",
    clientSignatureRequired: false,
    frontChannelLogout: false,
  });
  expect(client).not.toHaveProperty("logoutServicePostBindingUrl");
  expect(
    inputsOf("keycloak:index/genericProtocolMapper:GenericProtocolMapper", "services-jira-name-id"),
  ).toMatchObject({
    protocolMapper: "saml-user-attribute-nameid-mapper",
    config: {
      "mapper.nameid.format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
      "user.attribute": "alias",
    },
  });
});

test("one setting turns its single logout on", () => {
  expect(inputsOf("keycloak:saml/client:Client", "services-later-client")).toMatchObject({
    frontChannelLogout: true,
    logoutServicePostBindingUrl: "https://auth.atlassian.com/logout",
  });
});

test("a service with a certificate must sign its requests", () => {
  expect(inputsOf("keycloak:saml/client:Client", "services-library-client")).toMatchObject({
    clientSignatureRequired: true,
    signingCertificate: "MIIC".repeat(30),
  });
});
