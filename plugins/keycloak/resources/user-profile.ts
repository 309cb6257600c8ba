import type { Properties, Value } from "../../core/definition.ts";
import { setting } from "../setting.ts";
import { asObject, asObjects, asText, asTexts } from "../value.ts";

type Item = Properties;

const text = (value: Value | undefined): Value => value ?? "";

/** Maps of strings in the program may hold JSON, which Keycloak wants as it is. */
function parsed(map: Value | undefined, opening: string): Properties {
  return Object.fromEntries(
    Object.entries(asObject(map)).map(([key, value]) => [
      key,
      typeof value === "string" && value.startsWith(opening) ? (JSON.parse(value) as Value) : value,
    ]),
  );
}

function unparsed(map: Value | undefined): Properties {
  return Object.fromEntries(
    Object.entries(asObject(map)).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** Leaves out what is empty: Keycloak takes an absent part for "no rule", an empty one for a rule without effect. */
const compact = (rep: Properties): Properties =>
  Object.fromEntries(
    Object.entries(rep).filter(
      ([, value]) =>
        value !== null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0),
    ),
  );

function encodeAttribute(attribute: Item): Properties {
  const validators = asObjects(attribute["validators"]).map(({ name, config }) => [
    asText(name),
    parsed(config, "["),
  ]);
  const permissions = attribute["permissions"];
  return compact({
    name: attribute["name"] ?? null,
    displayName: attribute["displayName"] ?? null,
    defaultValue: attribute["defaultValue"] ?? null,
    multivalued: attribute["multiValued"] === true,
    group: attribute["group"] ?? null,
    selector: compact({ scopes: asTexts(attribute["enabledWhenScopes"]) }),
    required: compact({
      roles: asTexts(attribute["requiredForRoles"]),
      scopes: asTexts(attribute["requiredForScopes"]),
    }),
    permissions:
      (permissions ?? null) === null
        ? null
        : { view: asTexts(asObject(permissions)["views"]), edit: asTexts(asObject(permissions)["edits"]) },
    validations: Object.fromEntries(validators) as Properties,
    annotations: parsed(attribute["annotations"], "{"),
  });
}

function decodeAttribute(rep: Item): Properties {
  const { permissions } = rep;
  return {
    name: text(rep["name"]),
    displayName: text(rep["displayName"]),
    defaultValue: text(rep["defaultValue"]),
    multiValued: rep["multivalued"] === true,
    group: text(rep["group"]),
    enabledWhenScopes: asTexts(asObject(rep["selector"])["scopes"]),
    requiredForRoles: asTexts(asObject(rep["required"])["roles"]),
    requiredForScopes: asTexts(asObject(rep["required"])["scopes"]),
    permissions:
      (permissions ?? null) === null
        ? null
        : { views: asTexts(asObject(permissions)["view"]), edits: asTexts(asObject(permissions)["edit"]) },
    validators: Object.entries(asObject(rep["validations"])).map(([name, config]) => ({
      name,
      config: unparsed(config),
    })),
    annotations: unparsed(rep["annotations"]),
  };
}

const encodeGroup = (group: Item): Properties =>
  compact({ ...group, annotations: parsed(group["annotations"], "{") });

const decodeGroup = (rep: Item): Properties => ({
  name: text(rep["name"]),
  displayHeader: text(rep["displayHeader"]),
  displayDescription: text(rep["displayDescription"]),
  annotations: unparsed(rep["annotations"]),
});

const DISABLED = "DISABLED";
const token = (name: string): string => `keycloak:index/RealmUserProfile${name}:RealmUserProfile${name}`;

/** Which attributes accounts of a realm have, who may see and change them, and what they may hold. */
export const realmUserProfile = setting({
  address: ["realmId"],
  path: "/{realmId}/users/profile",
  renamed: { attributes: "attribute", groups: "group" },
  nested: {
    [token("Attribute")]: {
      renamed: { enabledWhenScopes: "enabled_when_scope", validators: "validator" },
      sets: ["enabledWhenScopes", "requiredForRoles", "requiredForScopes", "validators"],
    },
    [token("AttributePermissions")]: { renamed: { edits: "edit", views: "view" }, sets: ["edits", "views"] },
  },
  sets: ["groups"],
  fields: {
    unmanagedAttributePolicy: {
      otherwise: DISABLED,
      default: DISABLED,
      oneOf: [DISABLED, "ENABLED", "ADMIN_VIEW", "ADMIN_EDIT"],
    },
  },
  reset: { attributes: [{ name: "username" }, { name: "email" }], groups: [] },
  prepare: (rep, inputs) => {
    const policy = inputs["unmanagedAttributePolicy"] ?? DISABLED;
    rep["attributes"] = asObjects(inputs["attributes"]).map(encodeAttribute);
    rep["groups"] = asObjects(inputs["groups"]).map(encodeGroup);
    if (policy !== DISABLED) rep["unmanagedAttributePolicy"] = policy;
  },
  extend: (rep) => ({
    attributes: asObjects(rep["attributes"]).map(decodeAttribute),
    groups: asObjects(rep["groups"]).map(decodeGroup),
    unmanagedAttributePolicy: rep["unmanagedAttributePolicy"] ?? DISABLED,
  }),
});
