import type { Properties, ResourceType } from "../../core/definition.ts";
import type { Connection, Rest } from "../connection.ts";
import { entity, fill } from "../entity.ts";
import { native, quoted } from "../field.ts";
import type { Fields } from "../field.ts";
import { asObject, asText, isBlank } from "../value.ts";

const top = native();
const config = quoted("config");

/** What a mapper is called depends, for some, on the kind of provider it belongs to. */
type MapperName = string | ((providerId: string, inputs: Properties) => string);

/** Providers that give a JSON profile: Keycloak has the same mapper for each, under its name. */
const SOCIAL = ["apple", "facebook", "github", "google", "microsoft"];
/** Providers whose user names are mapped by the mapper for OpenID Connect. */
const LIKE_OIDC = ["facebook", "google", "keycloak-oidc"];

/** What is special about a mapper. */
interface Special {
  /** Last changes to what is sent, once the kind of provider is known. */
  adapt?(providerId: string, rep: Properties, inputs: Properties): void;
  /** Properties the rows cannot express. */
  extend?(rep: Properties): Properties;
}

async function providerOf(rest: Rest, where: Properties): Promise<string> {
  const path = fill("/{realm}/identity-provider/instances/{identityProviderAlias}", where);
  const provider = await rest.find(path);
  if (provider !== undefined) return asText(provider["providerId"]);
  throw new Error(
    `realm ${asText(where["realm"])} has no identity provider ${asText(where["identityProviderAlias"])}`,
  );
}

/** A mapper of an identity provider; without a name the program says which. */
function mapper(
  name: MapperName | undefined,
  fields: Fields,
  special: Special = {},
): ResourceType<Connection> {
  return entity({
    autoName: "name",
    address: ["realm", "identityProviderAlias"],
    collection: "/{realm}/identity-provider/instances/{identityProviderAlias}/mappers",
    carry: "everything",
    fields: { name: top.text("name"), extraConfig: { extra: "config" }, ...fields },
    prepare: async (rep, { rest, inputs }) => {
      rep["identityProviderAlias"] = inputs["identityProviderAlias"] ?? null;
      rep["config"] ??= {};
      if (typeof name === "string") rep["identityProviderMapper"] = name;
      if (typeof name !== "function") return;
      const providerId = await providerOf(rest, inputs);
      rep["identityProviderMapper"] = name(providerId, inputs);
      special.adapt?.(providerId, rep, inputs);
    },
    extend: (rep) => special.extend?.(rep) ?? {},
  });
}

/** @throws if what this kind of provider needs is missing */
function adaptImporter(providerId: string, rep: Properties, inputs: Properties): void {
  const given = (property: string): boolean => !isBlank(inputs[property]);
  const config = rep["config"] as Properties;
  if (providerId === "saml" && !given("attributeName") && !given("attributeFriendlyName")) {
    throw new Error("a mapper of a SAML provider needs attributeName or attributeFriendlyName");
  }
  if (providerId !== "saml" && !given("claimName")) {
    throw new Error(`a mapper of a provider of kind ${providerId} needs claimName`);
  }
  if (!SOCIAL.includes(providerId)) return;
  config["jsonField"] = inputs["claimName"] ?? null;
  config["userAttribute"] = inputs["userAttribute"] ?? null;
}

/** A claim has one of two places, and so has what it becomes. */
function extendImporter(rep: Properties): Properties {
  const { claim, jsonField, userAttribute, "user.attribute": attribute } = asObject(rep["config"]);
  return { claimName: claim ?? jsonField ?? "", userAttribute: attribute ?? userAttribute ?? "" };
}

const [PERMANENT, SESSION] = [
  "hardcoded-attribute-idp-mapper",
  "hardcoded-user-session-attribute-idp-mapper",
];

/** The mappers of the official plugin, by token. */
export const identityProviderMappers: Readonly<Record<string, ResourceType<Connection>>> = {
  "keycloak:index/attributeImporterIdentityProviderMapper:AttributeImporterIdentityProviderMapper": mapper(
    (providerId) =>
      SOCIAL.includes(providerId)
        ? `${providerId}-user-attribute-mapper`
        : `${providerId}-user-attribute-idp-mapper`,
    {
      userAttribute: config.text("user.attribute"),
      attributeName: config.text("attribute.name"),
      attributeFriendlyName: config.text("attribute.friendly.name"),
      claimName: config.text("claim"),
    },
    { adapt: adaptImporter, extend: extendImporter },
  ),
  "keycloak:index/userTemplateImporterIdentityProviderMapper:UserTemplateImporterIdentityProviderMapper":
    mapper((providerId) => `${LIKE_OIDC.includes(providerId) ? "oidc" : providerId}-username-idp-mapper`, {
      template: config.text("template"),
    }),
  "keycloak:index/hardcodedRoleIdentityMapper:HardcodedRoleIdentityMapper": mapper(
    "oidc-hardcoded-role-idp-mapper",
    {
      role: config.text("role"),
    },
  ),
  "keycloak:index/hardcodedAttributeIdentityProviderMapper:HardcodedAttributeIdentityProviderMapper": mapper(
    (_providerId, { userSession }) => (userSession === true ? SESSION : PERMANENT),
    {
      attributeName: config.text("attribute"),
      attributeValue: config.text("attribute.value"),
      userSession: { otherwise: false },
    },
    { extend: (rep) => ({ userSession: rep["identityProviderMapper"] === SESSION }) },
  ),
  "keycloak:index/customIdentityProviderMapping:CustomIdentityProviderMapping": mapper(undefined, {
    identityProviderMapper: top.text("identityProviderMapper"),
  }),
};
