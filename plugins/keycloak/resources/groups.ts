import type { Properties } from "../../core/definition.ts";
import type { Rest } from "../connection.ts";
import { entity, fill } from "../entity.ts";
import { native } from "../field.ts";
import { membership } from "../membership.ts";
import { asText } from "../value.ts";

const top = native();

/** Groups of a realm, or of an organization in it. */
function groupsOf(where: Properties): string {
  const organization = where["organizationId"] ?? "";
  return organization === "" ? "/{realmId}/groups" : "/{realmId}/organizations/{organizationId}/groups";
}

function collection(where: Properties): string {
  const parent = where["parentId"] ?? "";
  return parent === "" ? groupsOf(where) : `${groupsOf(where)}/{parentId}/children`;
}

/** A group, at the top or in another one. */
export const group = entity({
  autoName: "name",
  address: ["realmId", "parentId", "organizationId"],
  importId: {
    form: "{realmId}/{id} or {realmId}/{organizationId}/{id}",
    parse: (parts) => {
      const [realmId = "", middle = "", last] = parts;
      if (parts.length === 2) return { realmId, organizationId: "", id: middle };
      return parts.length === 3 ? { realmId, organizationId: middle, id: last ?? "" } : undefined;
    },
  },
  collection,
  item: (where) => `${groupsOf(where)}/{id}`,
  carry: "everything",
  fields: {
    name: top.text("name"),
    description: top.text("description", { silent: true }),
    attributes: top.multiMap("attributes"),
  },
  extend: (rep, _prior, { where }) => ({
    path: rep["path"] ?? "",
    parentId: rep["parentId"] ?? null,
    organizationId: where["organizationId"] ?? "",
  }),
});

const defaults = (where: Properties): string => fill("/{realmId}/default-groups", where);

async function each(members: readonly Properties[], change: (path: string) => Promise<void>): Promise<void> {
  await Promise.all(members.map((member) => change(fill("/{id}", member))));
}

/** The groups that new accounts of a realm join. */
export const defaultGroups = membership({
  address: ["realmId"],
  property: "groupIds",
  id: async (_rest: Rest, where) => Promise.resolve(`${asText(where["realmId"])}/default-groups`),
  importId: ["realmId"],
  current: async (rest, where) => {
    const groups = await rest.list(defaults(where));
    return groups === undefined ? undefined : new Map(groups.map((one) => [asText(one["id"]), one]));
  },
  resolve: async (_rest, _where, ids) => Promise.resolve(new Map(ids.map((id) => [id, { id }]))),
  add: (rest, where, members) => each(members, (id) => rest.put(defaults(where) + id)),
  remove: (rest, where, members) => each(members, (id) => rest.remove(defaults(where) + id)),
});
