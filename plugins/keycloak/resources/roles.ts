import type { Properties } from "../../core/definition.ts";
import { isObject } from "../../core/values.ts";
import type { Rest } from "../connection.ts";
import { entity, fill } from "../entity.ts";
import { native } from "../field.ts";
import { membership } from "../membership.ts";
import { asObjects, asText, asTexts, idOf } from "../value.ts";

const top = native();

const byId = (roles: readonly Properties[]): Map<string, Properties> =>
  new Map(roles.map((role) => [asText(role["id"]), role]));

const composites = (where: Properties): string => fill("/{realmId}/roles-by-id/{id}/composites", where);

/** Roles by their IDs. @throws if one does not exist */
async function findRoles(
  rest: Rest,
  where: Properties,
  ids: readonly string[],
): Promise<Map<string, Properties>> {
  const roles = await Promise.all(
    ids.map(async (id) => {
      const role = await rest.find(fill("/{realmId}/roles-by-id/{id}", { ...where, id }));
      if (role === undefined) throw new Error(`realm ${asText(where["realmId"])} has no role with ID ${id}`);
      return role;
    }),
  );
  return byId(roles);
}

async function setComposites(rest: Rest, where: Properties, wanted: readonly string[]): Promise<void> {
  const path = composites(where);
  const current = byId((await rest.list(path)) ?? []);
  const missing = await findRoles(
    rest,
    where,
    wanted.filter((id) => !current.has(id)),
  );
  const surplus = [...current].filter(([id]) => !wanted.includes(id)).map(([, role]) => role);
  if (missing.size > 0) await rest.post(path, [...missing.values()]);
  if (surplus.length > 0) await rest.remove(path, surplus);
}

const roleByName = (where: Properties): string => fill(rolesOf(where), where) + fill("/{name}", where);

function rolesOf(where: Properties): string {
  const clientId = where["clientId"] ?? null;
  return clientId === null || clientId === "" ? "/{realmId}/roles" : "/{realmId}/clients/{clientId}/roles";
}

/** A role of a realm or of a client, alone or made of others. */
export const role = entity({
  autoName: "name",
  address: ["realmId", "clientId"],
  importId: ["realmId", "id"],
  collection: rolesOf,
  item: "/{realmId}/roles-by-id/{id}",
  carry: "everything",
  fields: {
    name: top.text("name"),
    description: top.text("description", { kept: true }),
    attributes: top.multiMap("attributes", { kept: true }),
    compositeRoles: { otherwise: [], set: true },
    import: { otherwise: false },
  },
  adopt: async ({ rest, inputs }) => idOf(await rest.find(roleByName(inputs))),
  identify: async ({ rest, inputs }) => idOf(await rest.find(roleByName(inputs))),
  finish: async ({ rest, where, inputs }) => {
    const wanted = inputs["compositeRoles"] ?? null;
    if (wanted !== null) await setComposites(rest, where, asTexts(wanted));
  },
  extend: async (rep, _prior, { rest, where }) => ({
    clientId: rep["clientRole"] === true ? (rep["containerId"] ?? "") : "",
    compositeRoles:
      rep["composite"] === true ? [...byId((await rest.list(composites(where))) ?? []).keys()].sort() : [],
  }),
});

/** The default role's own ID is the resource's. */
async function defaultRole(rest: Rest, where: Properties): Promise<Properties | undefined> {
  const role = (await rest.find(fill("/{realmId}", where)))?.["defaultRole"];
  return isObject(role) ? role : undefined;
}

async function defaultComposites(rest: Rest, where: Properties): Promise<string | undefined> {
  const role = await defaultRole(rest, where);
  return role === undefined ? undefined : composites({ ...where, id: role["id"] ?? null });
}

/** Roles by the names the program uses: `name`, or `client/name` for a role of a client. */
async function byName(
  rest: Rest,
  where: Properties,
  roles: readonly Properties[],
): Promise<Map<string, Properties>> {
  return new Map(
    await Promise.all(
      roles.map(async (role): Promise<[string, Properties]> => {
        const name = asText(role["name"]);
        if (role["clientRole"] !== true) return [name, role];
        const client = await rest.find(fill("/{realmId}/clients/{containerId}", { ...where, ...role }));
        return [`${asText(client?.["clientId"])}/${name}`, role];
      }),
    ),
  );
}

/** @throws if there is none */
async function findByName(rest: Rest, where: Properties, qualified: string): Promise<Properties> {
  const [name = "", client] = qualified.split("/").reverse();
  const clientId = client === undefined ? null : await clientWithId(rest, where, client);
  const role = clientId === undefined ? undefined : await rest.find(roleByName({ ...where, clientId, name }));
  if (role === undefined) throw new Error(`realm ${asText(where["realmId"])} has no role ${qualified}`);
  return role;
}

async function clientWithId(rest: Rest, where: Properties, clientId: string): Promise<string | undefined> {
  return idOf((await rest.list(fill("/{realmId}/clients", where), { clientId }))?.[0]);
}

/** The roles that every account of a realm has. */
export const defaultRoles = membership({
  address: ["realmId"],
  importId: ["realmId", "id"],
  property: "defaultRoles",
  id: async (rest, where) => idOf(await defaultRole(rest, where)),
  current: async (rest, where) => {
    const path = await defaultComposites(rest, where);
    return path === undefined ? undefined : byName(rest, where, (await rest.list(path)) ?? []);
  },
  resolve: async (rest, where, names) =>
    new Map(
      await Promise.all(names.map(async (name) => [name, await findByName(rest, where, name)] as const)),
    ),
  add: async (rest, where, roles) => rest.post((await defaultComposites(rest, where)) ?? "", [...roles]),
  remove: async (rest, where, roles) => rest.remove((await defaultComposites(rest, where)) ?? "", [...roles]),
});

/** Calls `change` once for the realm's roles and once for each client's, as the API has them apart. */
async function byOwner(
  where: Properties,
  roles: readonly Properties[],
  change: (path: string, roles: Properties[]) => Promise<void>,
): Promise<void> {
  const owner = ({ clientRole, containerId }: Properties): string =>
    clientRole === true ? fill("clients/{containerId}", { containerId: containerId ?? null }) : "realm";
  const groups = Map.groupBy(roles, owner);
  const path = fill("/{realmId}/groups/{groupId}/role-mappings", where);
  for (const [part, some] of groups) await change(`${path}/${part}`, some);
}

/** The roles that the members of a group have. */
export const groupRoles = membership({
  address: ["realmId", "groupId"],
  property: "roleIds",
  options: { exhaustive: true },
  defaults: { exhaustive: true },
  tolerant: (inputs) => inputs["exhaustive"] === false,
  current: async (rest, where) => {
    const mappings = await rest.find(fill("/{realmId}/groups/{groupId}/role-mappings", where));
    if (mappings === undefined) return undefined;
    const { realmMappings, clientMappings } = mappings;
    const ofClients = Object.values((clientMappings ?? {}) as Record<string, Properties>);
    return byId([realmMappings, ...ofClients.map(({ mappings: some }) => some)].flatMap(asObjects));
  },
  resolve: findRoles,
  add: (rest, where, roles) => byOwner(where, roles, (path, some) => rest.post(path, some)),
  remove: (rest, where, roles) => byOwner(where, roles, (path, some) => rest.remove(path, some)),
});
