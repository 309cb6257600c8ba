import type { Properties, Value } from "../../../plugins/core/definition.ts";
import type { Rest } from "../../../plugins/keycloak/connection.ts";
import { byHand, call, create, provider, unique } from "./server.ts";

const realmId = unique("dropped");
const ldapId = unique("ldap");
const plugin = provider();
let console: Rest;

beforeAll(async () => {
  console = byHand();
  await console.remove(`/${realmId}`);
  await console.create("", { id: realmId, realm: realmId, enabled: true });
  await console.post(`/${realmId}/components`, {
    id: ldapId,
    name: "ldap",
    providerId: "ldap",
    providerType: "org.keycloak.storage.UserStorageProvider",
    config: {
      connectionUrl: ["ldap://127.0.0.1:1"],
      usersDn: ["dc=test"],
      usernameLDAPAttribute: ["uid"],
      rdnLDAPAttribute: ["uid"],
      uuidLDAPAttribute: ["entryUUID"],
      userObjectClasses: ["person"],
      editMode: ["READ_ONLY"],
      vendor: ["other"],
    },
  });
});

afterAll(async () => console.remove(`/${realmId}`));

interface Case {
  readonly token: string;
  /** What every program says. */
  readonly base: Properties;
  /** What one program says and the next does not any more. */
  readonly optional: Properties;
  /** What is left of it where that is not nothing. */
  readonly left?: Properties;
}

const client = { realmId, accessType: "CONFIDENTIAL" };
const directory = {
  realmId,
  connectionUrl: "ldap://127.0.0.1:1",
  usersDn: "ou=users,dc=example,dc=test",
  usernameLdapAttribute: "uid",
  rdnLdapAttribute: "uid",
  uuidLdapAttribute: "entryUUID",
  userObjectClasses: ["inetOrgPerson"],
};
const provides = {
  realm: realmId,
  entityId: "https://example.test",
  singleSignOnServiceUrl: "https://example.test/sso",
};

/** One per kind of value and per way in which Keycloak is told to forget. */
const cases: readonly Case[] = [
  {
    token: "keycloak:openid/client:Client",
    base: { ...client, clientId: "attributes" },
    optional: {
      oauth2DeviceAuthorizationGrantEnabled: true,
      oauth2DeviceCodeLifespan: "600",
      pkceCodeChallengeMethod: "S256",
      alwaysDisplayInConsole: true,
      extraConfig: { mine: "1" },
    },
  },
  {
    token: "keycloak:openid/client:Client",
    base: { ...client, clientId: "kept" },
    optional: {
      accessTokenLifespan: "300",
      webOrigins: ["https://a.test"],
      description: "d",
      directAccessGrantsEnabled: true,
    },
    left: {
      accessTokenLifespan: "300",
      webOrigins: ["https://a.test"],
      description: "d",
      directAccessGrantsEnabled: true,
    },
  },
  {
    token: "keycloak:saml/client:Client",
    base: { realmId, clientId: "saml" },
    optional: {
      rootUrl: "https://a.test",
      encryptionAlgorithm: "AES_256_GCM",
      forceNameIdFormat: true,
      validRedirectUris: ["https://a.test/*"],
    },
  },
  {
    token: "keycloak:openid/clientScope:ClientScope",
    base: { realmId, name: "scope" },
    optional: { consentScreenText: "May it?", guiOrder: 3, extraConfig: { mine: "1" } },
    left: { consentScreenText: null, guiOrder: null },
  },
  {
    token: "keycloak:index/group:Group",
    base: { realmId, name: "group" },
    optional: { attributes: { one: "1" } },
  },
  {
    token: "keycloak:index/user:User",
    base: { realmId, username: "ada" },
    optional: {
      email: "ada@example.test",
      firstName: "Ada",
      emailVerified: true,
      requiredActions: ["UPDATE_PASSWORD"],
    },
  },
  {
    token: "keycloak:index/requiredAction:RequiredAction",
    base: { realmId, alias: "UPDATE_PASSWORD", name: "Update Password" },
    optional: { enabled: true, defaultAction: true, config: { max_auth_age: "60" } },
  },
  {
    token: "keycloak:index/realmEvents:RealmEvents",
    base: { realmId },
    optional: {
      eventsEnabled: true,
      eventsExpiration: 60,
      eventsListeners: ["jboss-logging"],
      enabledEventTypes: ["LOGIN"],
    },
  },
  {
    token: "keycloak:ldap/userFederation:UserFederation",
    base: { ...directory, name: "dir" },
    optional: {
      connectionTimeout: "5s",
      customUserSearchFilter: "(mail=*)",
      priority: 3,
      syncRegistrations: true,
      kerberos: { kerberosRealm: "R", serverPrincipal: "HTTP/x@R", keyTab: "/etc/krb5.keytab" },
      bindDn: "cn=a",
      bindCredential: "b",
    },
    left: { kerberos: null, bindCredential: null },
  },
  {
    token: "keycloak:ldap/groupMapper:GroupMapper",
    base: {
      realmId,
      ldapUserFederationId: ldapId,
      name: "groups",
      ldapGroupsDn: "ou=groups,dc=test",
      groupNameLdapAttribute: "cn",
      groupObjectClasses: ["groupOfNames"],
      membershipLdapAttribute: "member",
      membershipUserLdapAttribute: "uid",
      preserveGroupInheritance: false,
    },
    optional: { mappedGroupAttributes: ["a", "b"], groupsLdapFilter: "(cn=*)", ignoreMissingGroups: true },
  },
  {
    token: "keycloak:saml/identityProvider:IdentityProvider",
    base: { ...provides, alias: "saml" },
    optional: {
      nameIdPolicyFormat: "Email",
      authnContextClassRefs: ["a", 'b "quoted"'],
      signatureAlgorithm: "RSA_SHA256",
      wantAssertionsSigned: true,
      guiOrder: "2",
      extraConfig: { mine: "1" },
    },
  },
  {
    token: "keycloak:index/realmLocalization:RealmLocalization",
    base: { realmId, locale: "sv" },
    optional: { texts: { signOut: "Logga ut", "with.dots/and?signs": "Hej" } },
  },
];

const withoutNothing = (value: Value | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === false ||
  value === 0 ||
  (typeof value === "object" && Object.keys(value).length === 0);

test.each(cases)("$token sets $optional and forgets it", async ({ token, base, optional, left = {} }) => {
  const { id, outputs, inputs } = await create(plugin, token, "dropped", { ...base, ...optional });
  expect(outputs).toMatchObject(optional);
  expect(plugin.diff(token, outputs, inputs).changed).toEqual([]);

  const less = plugin.check(token, { name: "dropped", olds: inputs, news: base }).inputs;
  const updated = await plugin.update(token, id, outputs, less, call("dropped"));
  const read = await plugin.read(token, id, less, updated, call("dropped"));
  for (const name of Object.keys(optional)) {
    if (name in left) expect([name, read?.outputs[name]]).toEqual([name, left[name]]);
    else expect([name, withoutNothing(read?.outputs[name])]).toEqual([name, true]);
  }
  expect(plugin.diff(token, read?.outputs ?? {}, less).changed).toEqual([]);

  await plugin.delete(token, id, read?.outputs ?? {}, call("dropped"));
});

test("a client's own flow is set and forgotten", async () => {
  const token = "keycloak:openid/client:Client";
  const flow = await create(plugin, "keycloak:authentication/flow:Flow", "flow", { realmId, alias: "own" });
  const authenticationFlowBindingOverrides = { browserId: flow.id, directGrantId: "" };
  const base = { ...client, clientId: "overriding" };
  const { id, outputs, inputs } = await create(plugin, token, "o", {
    ...base,
    authenticationFlowBindingOverrides,
  });
  expect(outputs).toMatchObject({ authenticationFlowBindingOverrides });
  const less = plugin.check(token, { name: "o", olds: inputs, news: base }).inputs;
  const updated = await plugin.update(token, id, outputs, less, call("o"));
  expect(updated["authenticationFlowBindingOverrides"]).toBeNull();
});
