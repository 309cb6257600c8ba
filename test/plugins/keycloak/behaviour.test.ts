import type { Properties } from "../../../plugins/core/definition.ts";
import { HalfMade } from "../../../plugins/core/provider.ts";
import type { Rest } from "../../../plugins/keycloak/connection.ts";
import { byHand, call, create, provider, unique } from "./server.ts";

const REALM = "keycloak:index/realm:Realm";
const ROLE = "keycloak:index/role:Role";
const GROUP = "keycloak:index/group:Group";
const GROUP_ROLES = "keycloak:index/groupRoles:GroupRoles";
const DEFAULT_ROLES = "keycloak:index/defaultRoles:DefaultRoles";
const CLIENT = "keycloak:openid/client:Client";
const SCOPES = "keycloak:openid/clientDefaultScopes:ClientDefaultScopes";
const OPTIONAL_SCOPES = "keycloak:openid/clientOptionalScopes:ClientOptionalScopes";
const FLOW = "keycloak:authentication/flow:Flow";
const SUBFLOW = "keycloak:authentication/subflow:Subflow";
const BINDINGS = "keycloak:authentication/bindings:Bindings";
const FEDERATION = "keycloak:ldap/userFederation:UserFederation";
const USER = "keycloak:index/user:User";

const realmId = unique("behaviour");
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

describe("drift", () => {
  test("a role changed by hand shows in a refresh, and an update puts it right", async () => {
    const { id, outputs, inputs } = await create(plugin, ROLE, "drift", {
      realmId,
      name: "drift",
      description: "a",
    });
    await console.put(`/${realmId}/roles-by-id/${id}`, {
      ...(await found(`/${realmId}/roles-by-id/${id}`)),
      description: "b",
    });
    const read = await plugin.read(ROLE, id, inputs, outputs, call("drift"));
    expect(read?.outputs["description"]).toBe("b");
    expect(plugin.diff(ROLE, read?.outputs ?? {}, inputs).changed).toEqual(["description"]);
    const updated = await plugin.update(ROLE, id, read?.outputs ?? {}, inputs, call("drift"));
    expect(updated["description"]).toBe("a");
    expect((await found(`/${realmId}/roles-by-id/${id}`))["description"]).toBe("a");
  });

  test("a client taken away by hand reads as gone", async () => {
    const { id, outputs } = await create(plugin, CLIENT, "gone", {
      realmId,
      clientId: "gone",
      accessType: "PUBLIC",
    });
    await console.remove(`/${realmId}/clients/${id}`);
    expect(await plugin.read(CLIENT, id, {}, outputs, call("gone"))).toBeUndefined();
  });

  test("everything of a realm that is gone reads as gone", async () => {
    const state = { realmId: unique("nowhere"), id: "x", groupId: "g", clientId: "c", name: "x" };
    for (const token of [ROLE, GROUP, CLIENT, FEDERATION, GROUP_ROLES, SCOPES, BINDINGS, FLOW]) {
      expect(await plugin.read(token, "x", {}, state, call("x"))).toBeUndefined();
    }
  });

  test("a role that a person added to a group shows, unless the program says that it does not care", async () => {
    const group = await create(plugin, GROUP, "g", { realmId, name: "drift" });
    const mine = await create(plugin, ROLE, "mine", { realmId, name: "mine" });
    const theirs = await create(plugin, ROLE, "theirs", { realmId, name: "theirs" });
    const groupRoles = { realmId, groupId: group.id, roleIds: [mine.id] };
    const path = `/${realmId}/groups/${group.id}/role-mappings/realm`;
    const add = async (): Promise<void> =>
      console.post(path, [await found(`/${realmId}/roles-by-id/${theirs.id}`)]);

    const strict = await create(plugin, GROUP_ROLES, "strict", groupRoles);
    await add();
    const read = await plugin.read(GROUP_ROLES, strict.id, strict.inputs, strict.outputs, call("strict"));
    expect(read?.outputs["roleIds"]).toEqual([mine.id, theirs.id].sort());
    const updated = await plugin.update(
      GROUP_ROLES,
      strict.id,
      read?.outputs ?? {},
      strict.inputs,
      call("strict"),
    );
    expect(updated["roleIds"]).toEqual([mine.id]);

    const lax = await create(plugin, GROUP_ROLES, "lax", { ...groupRoles, exhaustive: false });
    await add();
    const again = await plugin.read(GROUP_ROLES, lax.id, lax.inputs, lax.outputs, call("lax"));
    expect(again?.outputs["roleIds"]).toEqual([mine.id]);
    await plugin.update(GROUP_ROLES, lax.id, lax.outputs, lax.inputs, call("lax"));
    expect((await console.list(path))?.map(({ id }) => id).sort()).toEqual([mine.id, theirs.id].sort());
  });
});

describe("what a resource does not manage", () => {
  test("a realm update leaves bindings, foreign attributes and other settings alone", async () => {
    const name = unique("unmanaged");
    const realm = await create(plugin, REALM, "realm", {
      realm: name,
      attributes: { mine: "1", dropped: "1" },
    });
    try {
      const flow = await create(plugin, FLOW, "flow", { realmId: name, alias: "own" });
      await create(plugin, BINDINGS, "bindings", { realmId: name, browserFlow: "own" });
      const attributes = { ...((await found(`/${name}`))["attributes"] as Properties), theirs: "2" };
      await console.put(`/${name}`, { attributes, accessTokenLifespan: 123, displayName: "by hand" });

      const inputs = { ...realm.inputs, attributes: { mine: "3" }, verifyEmail: true };
      await plugin.update(REALM, name, realm.outputs, inputs, call("realm"));

      const after = await found(`/${name}`);
      expect(after).toMatchObject({
        browserFlow: "own",
        accessTokenLifespan: 123,
        displayName: "by hand",
        verifyEmail: true,
      });
      expect(after["attributes"]).toMatchObject({ mine: "3", theirs: "2" });
      expect(after["attributes"]).not.toHaveProperty("dropped");
      expect(flow.outputs["alias"]).toBe("own");
    } finally {
      await console.remove(`/${name}`);
    }
  });

  test("a realm's block that the program drops is taken away, a theme too", async () => {
    const name = unique("dropped");
    const realm = await create(plugin, REALM, "realm", {
      realm: name,
      loginTheme: "keycloak",
      internationalization: { supportedLocales: ["en", "sv"], defaultLocale: "sv" },
      smtpServer: {
        host: "smtp.example.test",
        from: "id@example.test",
        auth: { username: "u", password: "p" },
      },
      securityDefenses: { bruteForceDetection: { maxLoginFailures: 3 } },
    });
    try {
      expect(realm.outputs["smtpServer"]).toMatchObject({ auth: { username: "u", password: "p" } });
      const updated = await plugin.update(
        REALM,
        name,
        realm.outputs,
        { realm: name, enabled: true, sslRequired: "external" },
        call("realm"),
      );
      expect(updated).toMatchObject({ internationalization: null, smtpServer: null, securityDefenses: null });
      const after = await found(`/${name}`);
      expect(after).toMatchObject({
        internationalizationEnabled: false,
        bruteForceProtected: false,
        smtpServer: {},
      });
      expect(after["loginTheme"] ?? "").toBe("");
    } finally {
      await console.remove(`/${name}`);
    }
  });

  test("changes of a realm at the same time are all kept", async () => {
    for (let round = 1; round <= 5; round++) {
      const events = { eventsExpiration: 100 + round };
      await Promise.all([
        console.put(`/${realmId}`, { accessTokenLifespan: 100 + round }),
        console.put(`/${realmId}`, { displayName: `name ${String(round)}` }),
        console.put(`/${realmId}/events/config`, events),
      ]);
      const after = { accessTokenLifespan: 100 + round, displayName: `name ${String(round)}`, ...events };
      expect(await found(`/${realmId}`)).toMatchObject(after);
    }
  });

  test("a protected realm is not deleted", async () => {
    const state = { realm: realmId, id: realmId, terraformDeletionProtection: true };
    await expect(plugin.delete(REALM, realmId, state, call("realm"))).rejects.toThrow(
      "set terraformDeletionProtection to false",
    );
    expect(await console.find(`/${realmId}`)).toBeDefined();
  });
});

describe("taking over", () => {
  test("import adopts what is there, changes it, and leaves it on deletion", async () => {
    const { id, outputs } = await create(plugin, CLIENT, "account", {
      realmId,
      clientId: "account",
      accessType: "PUBLIC",
      description: "adopted",
      import: true,
    });
    expect(await found(`/${realmId}/clients/${id}`)).toMatchObject({
      clientId: "account",
      description: "adopted",
    });
    await plugin.delete(CLIENT, id, outputs, call("account"));
    expect(await console.find(`/${realmId}/clients/${id}`)).toBeDefined();
  });

  test("import of something that is not there is refused", async () => {
    const role = { realmId, name: "nobody", import: true };
    await expect(create(plugin, ROLE, "nobody", role)).rejects.toThrow(
      "there is nothing to import for nobody",
    );
  });

  test.each([
    [ROLE, "one-part", "{realmId}/{id}"],
    [CLIENT, "a/b/c", "{realmId}/{id}"],
    [GROUP_ROLES, "one-part", "{realmId}/{groupId}"],
  ])("an import ID of another form is refused: %s %s", async (token, id, form) => {
    await expect(plugin.read(token, id, {}, {}, call("x"))).rejects.toThrow(`does not have the form ${form}`);
  });
});

describe("roles of clients", () => {
  test("are made, given to a group and made default, by client ID and name", async () => {
    const client = await create(plugin, CLIENT, "owner", {
      realmId,
      clientId: "owner",
      accessType: "PUBLIC",
    });
    const role = await create(plugin, ROLE, "owned", { realmId, clientId: client.id, name: "owned" });
    expect(role.outputs).toMatchObject({ clientId: client.id, name: "owned" });
    const imported = await plugin.read(ROLE, `${realmId}/${role.id}`, {}, {}, call("owned"));
    expect(imported?.outputs).toMatchObject({ clientId: client.id, name: "owned" });

    const group = await create(plugin, GROUP, "g", { realmId, name: "owners" });
    const roleIds = [role.id];
    const given = await create(plugin, GROUP_ROLES, "g", { realmId, groupId: group.id, roleIds });
    expect(given.outputs["roleIds"]).toEqual(roleIds);
    await plugin.delete(GROUP_ROLES, given.id, given.outputs, call("g"));
    const gone = await plugin.read(GROUP_ROLES, given.id, given.inputs, given.outputs, call("g"));
    expect(gone?.outputs["roleIds"]).toEqual([]);

    const names = ["offline_access", "owner/owned"];
    const defaults = await create(plugin, DEFAULT_ROLES, "d", { realmId, defaultRoles: names });
    expect(defaults.outputs["defaultRoles"]).toEqual(names);
    await expect(
      create(plugin, DEFAULT_ROLES, "d", { realmId, defaultRoles: ["owner/nothing"] }),
    ).rejects.toThrow(`realm ${realmId} has no role owner/nothing`);
  });
});

describe("flows inside flows", () => {
  const flows = async (): Promise<unknown[]> =>
    ((await console.list(`/${realmId}/authentication/flows`)) ?? []).map(({ alias }) => alias);

  test("are deleted although the flow around them has another alias meanwhile", async () => {
    const outer = await create(plugin, FLOW, "outer", { realmId, alias: "outer" });
    const inner = await create(plugin, SUBFLOW, "inner", {
      realmId,
      parentFlowAlias: "outer",
      alias: "inner",
    });
    const innermost = await create(plugin, SUBFLOW, "innermost", {
      realmId,
      parentFlowAlias: "inner",
      alias: "innermost",
    });
    await plugin.update(
      SUBFLOW,
      inner.id,
      inner.outputs,
      { ...inner.inputs, alias: "inner renamed" },
      call("inner"),
    );
    const renamed = { ...outer.inputs, alias: "outer renamed" };
    await plugin.update(FLOW, outer.id, outer.outputs, renamed, call("outer"));
    for (const { id, outputs } of [innermost, inner]) {
      await plugin.delete(SUBFLOW, id, outputs, call("x"));
      expect(await console.find(`/${realmId}/authentication/flows/${id}`)).toBeUndefined();
      await plugin.delete(SUBFLOW, id, outputs, call("x"));
    }
    expect(await console.list(`/${realmId}/authentication/flows/outer renamed/executions`)).toEqual([]);
    expect(await flows()).toContain("outer renamed");
  });
});

describe("failures", () => {
  test("a role that cannot be finished is taken away again", async () => {
    const missing = "00000000-0000-0000-0000-000000000000";
    const role = { realmId, name: "half", compositeRoles: [missing] };
    await expect(create(plugin, ROLE, "half", role)).rejects.toThrow(
      `realm ${realmId} has no role with ID ${missing}`,
    );
    expect(await console.find(`/${realmId}/roles/half`)).toBeUndefined();
  });

  test("so is an account whose password is refused, with Keycloak's reason", async () => {
    await console.put(`/${realmId}`, { passwordPolicy: "length(20)" });
    const account = { realmId, username: "ada", initialPassword: { value: "short" } };
    await expect(create(plugin, USER, "ada", account)).rejects.toThrow(
      /refused PUT .*reset-password \(400\): .*minimum length 20/,
    );
    expect(await console.list(`/${realmId}/users`)).toEqual([]);
    await console.put(`/${realmId}`, { passwordPolicy: "" });
  });

  test("an update that fails half-way is in the state, and the next one repairs it", async () => {
    const missing = "00000000-0000-0000-0000-000000000000";
    const { id, outputs, inputs } = await create(plugin, ROLE, "later", { realmId, name: "later" });
    const broken = { ...inputs, description: "done", compositeRoles: [missing] };
    const error: unknown = await plugin
      .update(ROLE, id, outputs, broken, call("later"))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HalfMade);
    expect((error as HalfMade).kept).toMatchObject({ id, outputs: { description: "done" } });
    const repaired = { ...broken, compositeRoles: [] };
    const updated = await plugin.update(ROLE, id, (error as HalfMade).kept.outputs, repaired, call("later"));
    expect(updated).toMatchObject({ description: "done", compositeRoles: [] });
  });

  test("a refusal carries Keycloak's own words", async () => {
    await create(plugin, GROUP, "twice", { realmId, name: "twice" });
    await expect(create(plugin, GROUP, "twice", { realmId, name: "twice" })).rejects.toThrow(
      /refused POST realms\/.*\/groups \(409\): Top level group named 'twice' already exists; take it over with pulumi import, or remove it$/,
    );
  });

  test("an update of something gone says what to do", async () => {
    const state = { realmId, id: "gone", name: "gone" };
    await expect(
      plugin.update(GROUP, "gone", state, { realmId, name: "other" }, call("gone")),
    ).rejects.toThrow("run pulumi refresh first");
  });

  test("a scope that the client has as the other kind is named", async () => {
    const client = await create(plugin, CLIENT, "scoped", {
      realmId,
      clientId: "scoped",
      accessType: "PUBLIC",
    });
    const scopes = { realmId, clientId: client.id };
    await create(plugin, OPTIONAL_SCOPES, "o", { ...scopes, optionalScopes: ["phone"] });
    await expect(create(plugin, SCOPES, "d", { ...scopes, defaultScopes: ["phone"] })).rejects.toThrow(
      "the client has scope phone as optional scope",
    );
    await expect(create(plugin, SCOPES, "d", { ...scopes, defaultScopes: ["none"] })).rejects.toThrow(
      `realm ${realmId} has no OpenID client scope none`,
    );
  });

  test.each([
    [
      REALM,
      { realm: "r", accessTokenLifespan: "5 minutes" },
      "accessTokenLifespan",
      "expected a duration such as 5m or 1h30m, got 5 minutes",
    ],
    [
      REALM,
      { realm: "r", sslRequired: "maybe" },
      "sslRequired",
      'expected one of none, external, all, got "maybe"',
    ],
    [
      REALM,
      { realm: "r", otpPolicy: { type: "potp" } },
      "otpPolicy.type",
      'expected one of totp, hotp, got "potp"',
    ],
    [
      CLIENT,
      { realmId: "r", clientId: "c", accessType: "OPEN" },
      "accessType",
      'expected one of CONFIDENTIAL, PUBLIC, BEARER-ONLY, got "OPEN"',
    ],
    [
      CLIENT,
      { realmId: "r", clientId: "c", accessType: "PUBLIC", standardFlowEnabled: true },
      "validRedirectUris",
      "must name at least one URI for the standard or implicit flow",
    ],
    [USER, { realmId: "r", username: "Ada" }, "username", "must be in lower case, got Ada"],
  ])("%s %j is refused during check", (token, news, property, reason) => {
    const { failures } = plugin.check(token, { name: "x", olds: {}, news });
    expect(failures).toEqual([{ property, reason }]);
  });
});
