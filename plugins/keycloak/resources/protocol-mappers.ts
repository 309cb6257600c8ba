import type { Properties, ResourceType } from "../../core/definition.ts";
import type { Connection } from "../connection.ts";
import { entity } from "../entity.ts";
import { native, quoted } from "../field.ts";
import type { Fields } from "../field.ts";

const top = native();
const config = quoted("config");
const on = { default: true } as const;

/** Which tokens a claim goes into. */
const idToken: Fields = { addToIdToken: config.flag("id.token.claim", on) };
const accessToken: Fields = { addToAccessToken: config.flag("access.token.claim", on) };
const userinfo: Fields = { addToUserinfo: config.flag("userinfo.token.claim", on) };
const introspection: Fields = { addToTokenIntrospection: config.flag("introspection.token.claim", on) };
const tokens: Fields = { ...idToken, ...accessToken, ...userinfo };

const claim: Fields = {
  claimName: config.text("claim.name"),
  claimValueType: config.text("jsonType.label", {
    default: "String",
    oneOf: ["JSON", "String", "long", "int", "boolean"],
  }),
};
const multivalued: Fields = { multivalued: config.flag("multivalued") };
const aggregate: Fields = { aggregateAttributes: config.flag("aggregate.attrs") };
const samlAttribute: Fields = {
  samlAttributeName: config.text("attribute.name"),
  samlAttributeNameFormat: config.text("attribute.nameformat", {
    oneOf: ["Basic", "URI Reference", "Unspecified"],
  }),
  friendlyName: config.text("friendly.name"),
};

const IMPORT_FORM = "{realmId}/client/{clientId}/{id} or {realmId}/client-scope/{clientScopeId}/{id}";

function parseImportId([realmId = "", kind, owner = "", id = "", ...rest]: readonly string[]):
  Properties | undefined {
  if (id === "" || rest.length > 0) return undefined;
  if (kind === "client") return { realmId, clientId: owner, id };
  return kind === "client-scope" ? { realmId, clientScopeId: owner, id } : undefined;
}

function validate({ clientId, clientScopeId }: Properties): { property: string; reason: string }[] {
  const given = [clientId, clientScopeId].filter((owner) => (owner ?? null) !== null).length;
  return given === 1 ? [] : [{ property: "clientId", reason: "give either clientId or clientScopeId" }];
}

function collection({ clientId }: Properties): string {
  const owner = (clientId ?? null) === null ? "client-scopes/{clientScopeId}" : "clients/{clientId}";
  return `/{realmId}/${owner}/protocol-mappers/models`;
}

/** A mapper of a client or of a client scope: a row says which of Keycloak's, and where its properties go. */
function mapper(fixed: Properties, fields: Fields): ResourceType<Connection> {
  return entity({
    autoName: "name",
    address: ["realmId", "clientId", "clientScopeId"],
    importId: { form: IMPORT_FORM, parse: parseImportId },
    collection,
    carry: "everything",
    fixed,
    fields: { name: top.text("name"), ...fields },
    validate,
  });
}

const openid = (protocolMapper: string, fields: Fields): ResourceType<Connection> =>
  mapper({ protocol: "openid-connect", protocolMapper }, fields);
const saml = (protocolMapper: string, fields: Fields): ResourceType<Connection> =>
  mapper({ protocol: "saml", protocolMapper }, fields);

/** The mappers of the official plugin, by token. */
export const protocolMappers: Readonly<Record<string, ResourceType<Connection>>> = {
  "keycloak:index/genericProtocolMapper:GenericProtocolMapper": mapper(
    {},
    {
      protocol: top.text("protocol", { oneOf: ["openid-connect", "saml"] }),
      protocolMapper: top.text("protocolMapper"),
      config: top.stringMap("config"),
    },
  ),
  "keycloak:openid/audienceProtocolMapper:AudienceProtocolMapper": openid("oidc-audience-mapper", {
    ...idToken,
    ...accessToken,
    ...introspection,
    includedClientAudience: config.optionalText("included.client.audience"),
    includedCustomAudience: config.optionalText("included.custom.audience"),
  }),
  "keycloak:openid/fullNameProtocolMapper:FullNameProtocolMapper": openid("oidc-full-name-mapper", tokens),
  "keycloak:openid/groupMembershipProtocolMapper:GroupMembershipProtocolMapper": openid(
    "oidc-group-membership-mapper",
    {
      ...tokens,
      addToTokenIntrospection: config.flag("introspection.token.claim"),
      claimName: config.text("claim.name"),
      fullPath: config.flag("full.path", on),
    },
  ),
  "keycloak:openid/hardcodedClaimProtocolMapper:HardcodedClaimProtocolMapper": openid(
    "oidc-hardcoded-claim-mapper",
    {
      ...tokens,
      ...claim,
      claimValue: config.text("claim.value"),
    },
  ),
  "keycloak:openid/userAttributeProtocolMapper:UserAttributeProtocolMapper": openid(
    "oidc-usermodel-attribute-mapper",
    {
      ...tokens,
      ...introspection,
      ...claim,
      ...multivalued,
      ...aggregate,
      userAttribute: config.text("user.attribute"),
    },
  ),
  "keycloak:openid/userPropertyProtocolMapper:UserPropertyProtocolMapper": openid(
    "oidc-usermodel-property-mapper",
    {
      ...tokens,
      ...claim,
      userProperty: config.text("user.attribute"),
    },
  ),
  "keycloak:openid/userRealmRoleProtocolMapper:UserRealmRoleProtocolMapper": openid(
    "oidc-usermodel-realm-role-mapper",
    {
      ...tokens,
      ...introspection,
      ...claim,
      ...multivalued,
      realmRolePrefix: config.text("usermodel.realmRoleMapping.rolePrefix"),
    },
  ),
  "keycloak:saml/userAttributeProtocolMapper:UserAttributeProtocolMapper": saml(
    "saml-user-attribute-mapper",
    {
      ...samlAttribute,
      ...aggregate,
      userAttribute: config.text("user.attribute"),
    },
  ),
  "keycloak:saml/userPropertyProtocolMapper:UserPropertyProtocolMapper": saml("saml-user-property-mapper", {
    ...samlAttribute,
    userProperty: config.text("user.attribute"),
  }),
};
