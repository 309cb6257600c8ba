import { byHand, call, create, provider, unique } from "./server.ts";

const ROLE = "keycloak:index/role:Role";
const ROLE_MAPPER = "keycloak:index/genericRoleMapper:GenericRoleMapper";
const CLIENT = "keycloak:openid/client:Client";
const SCOPE = "keycloak:openid/clientScope:ClientScope";

const realmId = unique("role-scope");
const plugin = provider();
const console = byHand();

beforeAll(async () => {
  await console.remove(`/${realmId}`);
  await console.create("", { id: realmId, realm: realmId, enabled: true });
});

afterAll(async () => console.remove(`/${realmId}`));

describe("roles that may be in tokens", () => {
  /** Roles that the owner lets into tokens, by the part of the path that says which kind. */
  const mapped = async ([owner, kind]: readonly [string, string]): Promise<unknown[]> =>
    ((await console.list(`/${realmId}/${owner}/scope-mappings/${kind}`)) ?? []).map(({ name }) => name);

  test("a role of the realm for a client scope, and one of a client for a client: made, read, taken away", async () => {
    const role = await create(plugin, ROLE, "scoped", { realmId, name: "scoped" });
    const scope = await create(plugin, SCOPE, "with-roles", { realmId, name: "with-roles" });
    const owner = await create(plugin, CLIENT, "owner", { realmId, clientId: "owner", accessType: "PUBLIC" });
    const clientRole = await create(plugin, ROLE, "of-owner", {
      realmId,
      clientId: owner.id,
      name: "of-owner",
    });
    const user = await create(plugin, CLIENT, "user", { realmId, clientId: "user", accessType: "PUBLIC" });

    const cases = [
      {
        inputs: { realmId, clientScopeId: scope.id, roleId: role.id },
        // The official plugin leaves the part for the role's client empty.
        id: `${realmId}/client-scope/${scope.id}/scope-mappings//${role.id}`,
        place: [`client-scopes/${scope.id}`, "realm"] as const,
        name: "scoped",
      },
      {
        inputs: { realmId, clientId: user.id, roleId: clientRole.id },
        id: `${realmId}/client/${user.id}/scope-mappings/${owner.id}/${clientRole.id}`,
        place: [`clients/${user.id}`, `clients/${owner.id}`] as const,
        name: "of-owner",
      },
    ];
    for (const { inputs, id, place, name } of cases) {
      const made = await create(plugin, ROLE_MAPPER, name, inputs);
      expect(made.id).toBe(id);
      expect(await mapped(place)).toEqual([name]);
      const imported = await plugin.read(ROLE_MAPPER, id, {}, {}, call(name));
      expect(imported?.outputs).toMatchObject(inputs);
      await plugin.delete(ROLE_MAPPER, id, made.outputs, call(name));
      expect(await mapped(place)).toEqual([]);
      expect(await plugin.read(ROLE_MAPPER, id, inputs, made.outputs, call(name))).toBeUndefined();
    }
  });

  test("it belongs to either a client or a client scope", () => {
    const { failures } = plugin.check(ROLE_MAPPER, {
      name: "both",
      olds: {},
      news: { realmId, roleId: "r", clientId: "c", clientScopeId: "s" },
    });
    expect(failures).toMatchObject([{ reason: "give either clientId or clientScopeId" }]);
  });
});
