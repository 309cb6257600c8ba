import type { Properties, ResourceType } from "../../core/definition.ts";
import type { Connection, Rest } from "../connection.ts";
import { fill, locate, pick } from "../entity.ts";
import { asText, isBlank } from "../value.ts";

const ADDRESS = ["realmId", "clientId", "clientScopeId", "roleId"];

/** Parts of the official import ID; a role of the realm leaves the part for the role's client empty. */
const IMPORT_FORM = "{realmId}/client/{clientId}/scope-mappings/{roleClientId}/{roleId}, or client-scope";

const importId = {
  form: IMPORT_FORM,
  parse: (parts: readonly string[]): Properties | undefined => {
    const [realmId = "", kind, owner = "", , , roleId = "", ...rest] = parts;
    if (roleId === "" || rest.length > 0) return undefined;
    if (kind === "client") return { realmId, clientId: owner, clientScopeId: null, roleId };
    return kind === "client-scope" ? { realmId, clientId: null, clientScopeId: owner, roleId } : undefined;
  },
};

const ownerOf = (where: Properties): string =>
  isBlank(where["clientId"]) ? fill("client-scope/{clientScopeId}", where) : fill("client/{clientId}", where);

/** Where the roles of this role's kind are kept that the owner lets into tokens. */
function mappings(where: Properties, role: Properties): string {
  const owner = isBlank(where["clientId"]) ? "client-scopes/{clientScopeId}" : "clients/{clientId}";
  const kind = role["clientRole"] === true ? fill("clients/{containerId}", role) : "realm";
  return `${fill(`/{realmId}/${owner}/scope-mappings`, where)}/${kind}`;
}

async function findRole(rest: Rest, where: Properties): Promise<Properties | undefined> {
  return rest.find(fill("/{realmId}/roles-by-id/{roleId}", where));
}

/** A role that tokens of a client, or with a client scope, may hold where not every role may. */
export const genericRoleMapper: ResourceType<Connection> = {
  validate: ({ clientId, clientScopeId }) =>
    isBlank(clientId) === isBlank(clientScopeId)
      ? [{ property: "clientId", reason: "give either clientId or clientScopeId" }]
      : [],
  create: async ({ client, signal }, inputs) => {
    const rest = client.rest(signal);
    const role = await findRole(rest, inputs);
    if (role === undefined)
      throw new Error(`realm ${asText(inputs["realmId"])} has no role with ID ${asText(inputs["roleId"])}`);
    await rest.post(mappings(inputs, role), [role]);
    const roleOwner = role["clientRole"] === true ? asText(role["containerId"]) : "";
    const id = `${asText(inputs["realmId"])}/${ownerOf(inputs)}/scope-mappings/${roleOwner}/${asText(inputs["roleId"])}`;
    return { id, state: { id, ...pick(inputs, ADDRESS) } };
  },
  read: async ({ client, signal }, id, state) => {
    const rest = client.rest(signal);
    const where = { ...locate({ address: ADDRESS, importId }, id, state), id };
    const role = await findRole(rest, where);
    if (role === undefined) return undefined;
    const mapped = (await rest.list(mappings(where, role))) ?? [];
    return mapped.some((one) => one["id"] === role["id"])
      ? { id, state: { id, ...pick(where, ADDRESS) } }
      : undefined;
  },
  delete: async ({ client, signal }, _id, state) => {
    const rest = client.rest(signal);
    const role = await findRole(rest, state);
    if (role !== undefined) await rest.remove(mappings(state, role), [role]);
  },
};
