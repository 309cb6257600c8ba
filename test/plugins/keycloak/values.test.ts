import type { Properties } from "../../../plugins/core/definition.ts";
import { wrapSecret } from "../../../plugins/core/secrets.ts";
import type { Rest } from "../../../plugins/keycloak/connection.ts";
import { byHand, call, create, provider, unique } from "./server.ts";

const REALM = "keycloak:index/realm:Realm";
const GROUP = "keycloak:index/group:Group";
const CLIENT = "keycloak:openid/client:Client";
const FEDERATION = "keycloak:ldap/userFederation:UserFederation";
const USER = "keycloak:index/user:User";
const IDP = "keycloak:oidc/githubIdentityProvider:GithubIdentityProvider";

const realmId = unique("values");
const plugin = provider();
let console: Rest;

beforeAll(async () => {
  console = byHand();
  await console.remove(`/${realmId}`);
  await console.create("", { id: realmId, realm: realmId, enabled: true, organizationsEnabled: true });
});

afterAll(async () => console.remove(`/${realmId}`));

async function found(path: string): Promise<Properties> {
  const rep = await console.find(path);
  if (rep === undefined) throw new Error(`nothing at ${path}`);
  return rep;
}

describe("secrets", () => {
  const ldap = {
    realmId,
    name: "ldap",
    connectionUrl: "ldap://127.0.0.1:1",
    usersDn: "ou=users,dc=example,dc=test",
    usernameLdapAttribute: "uid",
    rdnLdapAttribute: "uid",
    uuidLdapAttribute: "entryUUID",
    userObjectClasses: ["inetOrgPerson"],
    bindDn: "cn=keycloak,dc=example,dc=test",
    bindCredential: "bind-1",
  };

  test("a bind credential that the server masks stays the program's, through refresh and change", async () => {
    const { id, outputs, inputs } = await create(plugin, FEDERATION, "ldap", ldap);
    const read = await plugin.read(FEDERATION, id, inputs, outputs, call("ldap"));
    expect(read?.outputs["bindCredential"]).toBe("bind-1");
    const updated = await plugin.update(
      FEDERATION,
      id,
      outputs,
      { ...inputs, bindCredential: "bind-2" },
      call("ldap"),
    );
    expect(updated["bindCredential"]).toBe("bind-2");
    const imported = await plugin.read(FEDERATION, `${realmId}/${id}/bind-2`, {}, {}, call("ldap"));
    expect(imported?.outputs["bindCredential"]).toEqual(wrapSecret("bind-2"));
    expect(imported?.inputs["bindCredential"]).toEqual(wrapSecret("bind-2"));
    await plugin.delete(FEDERATION, id, outputs, call("ldap"));
  });

  test("a bind name without a credential is refused before anything is asked of the server", () => {
    const news = Object.fromEntries(Object.entries(ldap).filter(([name]) => name !== "bindCredential"));
    const { failures } = plugin.check(FEDERATION, { name: "ldap", olds: {}, news });
    expect(failures).toEqual([
      { property: "bindDn", reason: "give both bindDn and bindCredential, or neither" },
    ]);
  });

  test("default mappers go when the program says so", async () => {
    const { id, outputs } = await create(plugin, FEDERATION, "bare", {
      ...ldap,
      name: "bare",
      deleteDefaultMappers: true,
    });
    expect(await console.list(`/${realmId}/components`, { parent: id })).toEqual([]);
    await plugin.delete(FEDERATION, id, outputs, call("bare"));
  });

  test("an identity provider keeps its secret when something else changes by hand or program", async () => {
    const github = { realm: realmId, clientId: "gh", clientSecret: "gh-secret" };
    const { id, outputs, inputs } = await create(plugin, IDP, "github", github);
    const path = `/${realmId}/identity-provider/instances/github`;
    const rep = await found(path);
    await console.put(path, { ...rep, config: { ...(rep["config"] as Properties), theirs: "1" } });
    const updated = await plugin.update(IDP, id, outputs, { ...inputs, trustEmail: true }, call("github"));
    expect(updated).toMatchObject({ clientSecret: "gh-secret", trustEmail: true });
    expect(await found(path)).toMatchObject({
      trustEmail: true,
      config: { theirs: "1", clientSecret: "**********" },
    });
  });

  test("a client's secret can be made anew, and a write-only one is not in the state", async () => {
    const client = {
      realmId,
      clientId: "rotating",
      accessType: "CONFIDENTIAL",
      clientSecretRegenerateWhenChanged: { turn: "1" },
    };
    const { id, outputs, inputs } = await create(plugin, CLIENT, "rotating", client);
    const turned = { ...inputs, clientSecretRegenerateWhenChanged: { turn: "2" } };
    const rotated = await plugin.update(CLIENT, id, outputs, turned, call("rotating"));
    expect(rotated["clientSecret"]).not.toBe(outputs["clientSecret"]);
    const written = await create(plugin, CLIENT, "written", {
      realmId,
      clientId: "written",
      accessType: "CONFIDENTIAL",
      clientSecretWo: "write-only",
      clientSecretWoVersion: "1",
    });
    expect(JSON.stringify(written.outputs)).not.toContain("write-only");
    expect(plugin.diff(CLIENT, written.outputs, written.inputs).differs).toBe(false);
    expect((await found(`/${realmId}/clients/${written.id}`))["secret"]).toBe("write-only");
  });
});

describe("values", () => {
  test("a duration written another way is no difference", async () => {
    const state = {
      realm: "r",
      id: "r",
      enabled: true,
      sslRequired: "external",
      accessTokenLifespan: "1m0s",
    };
    const diff = (accessTokenLifespan: string): readonly string[] =>
      plugin.diff(REALM, state, { realm: "r", enabled: true, sslRequired: "external", accessTokenLifespan })
        .changed;
    expect(diff("60s")).not.toContain("accessTokenLifespan");
    expect(diff("61s")).toContain("accessTokenLifespan");
    await Promise.resolve();
  });

  test("an attribute with several values comes back as it was written, in any order", async () => {
    const group = { realmId, name: "several", attributes: { mail: "a##b", one: "1" } };
    const { outputs, inputs } = await create(plugin, GROUP, "several", group);
    expect(outputs["attributes"]).toEqual({ mail: "a##b", one: "1" });
    const swapped = { ...inputs, attributes: { mail: "b##a", one: "1" } };
    expect(plugin.diff(GROUP, outputs, swapped).differs).toBe(false);
  });

  test("extra configuration is set, read and taken away by its keys", async () => {
    const client = {
      realmId,
      clientId: "extra",
      accessType: "PUBLIC",
      extraConfig: { "acr.loa.map": "{}", mine: "1" },
    };
    const { id, outputs, inputs } = await create(plugin, CLIENT, "extra", client);
    expect(outputs["extraConfig"]).toEqual({ "acr.loa.map": "{}", mine: "1" });
    const less = { ...inputs, extraConfig: { mine: "2" } };
    expect((await plugin.update(CLIENT, id, outputs, less, call("extra")))["extraConfig"]).toEqual({
      mine: "2",
    });
    const attributes = (await found(`/${realmId}/clients/${id}`))["attributes"] as Properties;
    expect(attributes).not.toHaveProperty(["acr.loa.map"]);
  });

  test("a client may be a resource server", async () => {
    const authorization = { policyEnforcementMode: "ENFORCING" };
    const client = {
      realmId,
      clientId: "server",
      accessType: "CONFIDENTIAL",
      serviceAccountsEnabled: true,
      authorization,
    };
    const { id, outputs, inputs } = await create(plugin, CLIENT, "server", client);
    expect(outputs).toMatchObject({
      resourceServerId: id,
      authorization: { ...authorization, decisionStrategy: "UNANIMOUS" },
    });
    expect(plugin.diff(CLIENT, outputs, inputs).differs).toBe(false);
  });

  test("links of an account are made, changed and taken away", async () => {
    const identity = { identityProvider: "github", userId: "1", userName: "ada" };
    const account = { realmId, username: "linked", federatedIdentities: [identity] };
    const { id, outputs, inputs } = await create(plugin, USER, "linked", account);
    expect(outputs["federatedIdentities"]).toEqual([identity]);
    const moved = { ...inputs, federatedIdentities: [{ ...identity, userId: "2" }] };
    const updated = await plugin.update(USER, id, outputs, moved, call("linked"));
    expect(updated["federatedIdentities"]).toEqual([{ ...identity, userId: "2" }]);
    expect(
      (await plugin.update(USER, id, updated, { ...inputs, federatedIdentities: [] }, call("linked")))[
        "federatedIdentities"
      ],
    ).toEqual([]);
  });
});
