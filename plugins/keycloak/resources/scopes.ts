import type { Properties } from "../../core/definition.ts";
import type { Rest } from "../connection.ts";
import { entity, fill } from "../entity.ts";
import { native, quoted } from "../field.ts";
import { membership } from "../membership.ts";
import { asObject, asText, isBlank } from "../value.ts";

const top = native();
const attribute = quoted("attributes");

/** A set of claims that clients may ask for. */
export const clientScope = entity({
  autoName: "name",
  address: ["realmId"],
  collection: "/{realmId}/client-scopes",
  carry: "everything",
  fixed: { protocol: "openid-connect" },
  fields: {
    name: top.text("name"),
    description: top.text("description", { silent: true }),
    consentScreenText: attribute.optionalText("consent.screen.text"),
    includeInTokenScope: attribute.flag("include.in.token.scope", { default: true }),
    includeInOpenidProviderMetadata: attribute.flag("include.in.openid.provider.metadata", { default: true }),
    guiOrder: attribute.integer("gui.order"),
    extraConfig: { extra: "attributes", merged: true },
  },
  prepare: (rep, { inputs }) => {
    const shown = !isBlank(inputs["consentScreenText"]);
    rep["attributes"] = { ...asObject(rep["attributes"]), "display.on.consent.screen": String(shown) };
  },
  extend: ({ attributes }) => {
    const order = asText(asObject(attributes)["gui.order"]);
    return order === "" ? { guiOrder: null } : {};
  },
});

type Kind = "default" | "optional";

const scopesPath = (where: Properties, kind: Kind): string =>
  fill(`/{realmId}/clients/{clientId}/${kind}-client-scopes`, where);

const byName = (scopes: readonly Properties[]): Map<string, Properties> =>
  new Map(scopes.map((scope) => [asText(scope["name"]), scope]));

/** The scopes with these names. @throws if one does not exist or the client has it as the other kind */
async function resolve(
  rest: Rest,
  where: Properties,
  names: readonly string[],
  other: Kind,
): Promise<Map<string, Properties>> {
  if (names.length === 0) return new Map();
  const [all, taken] = await Promise.all([
    rest.list(fill("/{realmId}/client-scopes", where)),
    rest.list(scopesPath(where, other)),
  ]);
  const known = byName((all ?? []).filter(({ protocol }) => protocol === "openid-connect"));
  const conflict = names.find((name) => byName(taken ?? []).has(name));
  if (conflict !== undefined) {
    throw new Error(`the client has scope ${conflict} as ${other} scope; take it out of there first`);
  }
  return new Map(
    names.map((name) => {
      const scope = known.get(name);
      if (scope === undefined)
        throw new Error(`realm ${asText(where["realmId"])} has no OpenID client scope ${name}`);
      return [name, scope];
    }),
  );
}

function clientScopes(kind: Kind, property: string) {
  const other = kind === "default" ? "optional" : "default";
  const change = async (
    where: Properties,
    scopes: readonly Properties[],
    call: (path: string) => Promise<void>,
  ): Promise<void> => {
    await Promise.all(scopes.map((scope) => call(scopesPath(where, kind) + fill("/{id}", scope))));
  };
  return membership({
    address: ["realmId", "clientId"],
    property,
    current: async (rest, where) => {
      const scopes = await rest.list(scopesPath(where, kind));
      return scopes === undefined ? undefined : byName(scopes);
    },
    resolve: (rest, where, names) => resolve(rest, where, names, other),
    add: (rest, where, scopes) => change(where, scopes, (path) => rest.put(path)),
    remove: (rest, where, scopes) => change(where, scopes, (path) => rest.remove(path)),
  });
}

/** The scopes whose claims a client always gets. */
export const clientDefaultScopes = clientScopes("default", "defaultScopes");
/** The scopes a client gets when it asks. */
export const clientOptionalScopes = clientScopes("optional", "optionalScopes");
