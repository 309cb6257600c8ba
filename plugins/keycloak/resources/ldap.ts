import type { Properties } from "../../core/definition.ts";
import { named, quotedInteger } from "../codec.ts";
import type { Codec } from "../codec.ts";
import { entity, fill } from "../entity.ts";
import { component, native } from "../field.ts";
import type { Block, Fields, Leaf } from "../field.ts";
import { asText, isBlank } from "../value.ts";

const top = native();
const config = component();
const type = (name: string): string => `keycloak:ldap/${name}:${name}`;
const MAPPER = "org.keycloak.storage.ldap.mappers.LDAPStorageMapper";

/** As Keycloak has it, but in capitals. */
const lowerCased: Codec = {
  encode: (value) => asText(value).toLowerCase(),
  decode: (raw) => asText(raw).toUpperCase(),
  cleared: "",
};

/** Part of a time to evict at; Keycloak leaves out what is not set. */
const evictionTime = (key: string): Leaf =>
  config.as({ ...quotedInteger, decode: (raw) => Number(raw ?? -1) }, key, { default: -1, quiet: true });

const kerberos: Block = {
  type: type("UserFederationKerberos"),
  set: true,
  on: config.flag("allowKerberosAuthentication"),
  fields: {
    kerberosRealm: config.text("kerberosRealm"),
    serverPrincipal: config.text("serverPrincipal"),
    keyTab: config.text("keyTab"),
    useKerberosForPasswordAuthentication: config.flag("useKerberosForPasswordAuthentication"),
  },
};

/** Like the official plugin, the state tells of the cache once the program does. */
const cache: Block = {
  type: type("UserFederationCache"),
  present: (_rep, prior) => prior !== null,
  fields: {
    policy: config.text("cachePolicy", {
      default: "DEFAULT",
      oneOf: ["DEFAULT", "EVICT_DAILY", "EVICT_WEEKLY", "MAX_LIFESPAN", "NO_CACHE"],
    }),
    maxLifespan: config.milliseconds("maxLifespan"),
    evictionDay: evictionTime("evictionDay"),
    evictionHour: evictionTime("evictionHour"),
    evictionMinute: evictionTime("evictionMinute"),
  },
};

const entries: Fields = {
  usernameLdapAttribute: config.text("usernameLDAPAttribute"),
  rdnLdapAttribute: config.text("rdnLDAPAttribute"),
  uuidLdapAttribute: config.text("uuidLDAPAttribute"),
  userObjectClasses: config.joined("userObjectClasses", ", "),
  usersDn: config.text("usersDn"),
  relativeCreateDn: config.text("relativeCreateDn"),
  customUserSearchFilter: config.text("customUserSearchFilter"),
  searchScope: config.as(named({ ONE_LEVEL: "1", SUBTREE: "2" }, "SUBTREE"), "searchScope", {
    default: "ONE_LEVEL",
    oneOf: ["ONE_LEVEL", "SUBTREE"],
  }),
  krbPrincipalAttribute: config.text("krbPrincipalAttribute", { kept: true }),
};

const link: Fields = {
  connectionUrl: config.text("connectionUrl"),
  bindDn: config.text("bindDn"),
  // Keycloak masks it.
  bindCredential: config.text("bindCredential", { hidden: true }),
  startTls: config.flag("startTls"),
  connectionPooling: config.flag("connectionPooling"),
  connectionTimeout: config.milliseconds("connectionTimeout"),
  readTimeout: config.milliseconds("readTimeout"),
  useTruststoreSpi: config.as(
    named({ ALWAYS: "always", ONLY_FOR_LDAPS: "ldapsOnly", NEVER: "never" }),
    "useTruststoreSpi",
    { default: "ONLY_FOR_LDAPS", oneOf: ["ALWAYS", "ONLY_FOR_LDAPS", "NEVER"] },
  ),
  pagination: config.flag("pagination", { default: true }),
};

const behaviour: Fields = {
  enabled: config.flag("enabled", { default: true }),
  priority: config.integer("priority"),
  importEnabled: config.flag("importEnabled", { default: true }),
  editMode: config.text("editMode", { default: "READ_ONLY", oneOf: ["READ_ONLY", "WRITABLE", "UNSYNCED"] }),
  syncRegistrations: config.flag("syncRegistrations"),
  vendor: config.as(lowerCased, "vendor", {
    default: "OTHER",
    oneOf: ["OTHER", "EDIRECTORY", "AD", "RHDS", "TIVOLI"],
  }),
  usePasswordModifyExtendedOp: config.flag("usePasswordModifyExtendedOp"),
  validatePasswordPolicy: config.flag("validatePasswordPolicy"),
  trustEmail: config.flag("trustEmail"),
  debug: config.text("debug", { default: "false", oneOf: ["true", "false"] }),
  batchSizeForSync: config.integer("batchSizeForSync", { default: 1000 }),
  fullSyncPeriod: config.integer("fullSyncPeriod", { default: -1 }),
  changedSyncPeriod: config.integer("changedSyncPeriod", { default: -1 }),
};

/** The server does not give the credential away. */
function parseImportId([realmId = "", id = "", ...bindCredential]: readonly string[]):
  Properties | undefined {
  if (id === "") return undefined;
  return bindCredential.length === 0
    ? { realmId, id }
    : { realmId, id, bindCredential: bindCredential.join("/") };
}

/** People of an LDAP directory as accounts of a realm. */
export const userFederation = entity({
  autoName: "name",
  address: ["realmId"],
  importId: { form: "{realmId}/{id} or {realmId}/{id}/{bindCredential}", parse: parseImportId },
  collection: "/{realmId}/components",
  carry: "none",
  fixed: { providerId: "ldap", providerType: "org.keycloak.storage.UserStorageProvider" },
  fields: {
    name: top.text("name"),
    ...behaviour,
    ...entries,
    ...link,
    cache,
    kerberos,
    deleteDefaultMappers: { otherwise: false },
  },
  validate: ({ bindDn, bindCredential }) =>
    isBlank(bindDn) === isBlank(bindCredential)
      ? []
      : [{ property: "bindDn", reason: "give both bindDn and bindCredential, or neither" }],
  prepare: (rep, { inputs }) => {
    const config = rep["config"] as Properties;
    config["authType"] = [isBlank(inputs["bindDn"]) ? "none" : "simple"];
  },
  finish: async ({ rest, where, inputs, state }) => {
    if (state !== undefined || inputs["deleteDefaultMappers"] !== true) return;
    const components = fill("/{realmId}/components", where);
    const mappers = (await rest.list(components, { parent: where["id"] ?? null, type: MAPPER })) ?? [];
    await Promise.all(mappers.map((mapper) => rest.remove(components + fill("/{id}", mapper))));
  },
});

/** A mapper of a federation, of whatever kind the fields or the fixed values say. */
const anyMapper = (fields: Fields, fixed: Properties = {}) =>
  entity({
    autoName: "name",
    address: ["realmId", "ldapUserFederationId"],
    collection: "/{realmId}/components",
    carry: "none",
    fixed,
    fields: { name: top.text("name"), ...fields },
    prepare: (rep, { inputs }) => {
      rep["parentId"] = inputs["ldapUserFederationId"] ?? null;
    },
  });

/** A mapper of Keycloak's own: a row says which, and where its properties go. */
const mapper = (providerId: string, fields: Fields) =>
  anyMapper(fields, { providerId, providerType: MAPPER });

/** The mappers of the official plugin, by token. */
export const ldapMappers = {
  "keycloak:ldap/customMapper:CustomMapper": anyMapper({
    providerId: top.text("providerId"),
    providerType: top.text("providerType"),
    config: top.multiMap("config"),
  }),
  "keycloak:ldap/fullNameMapper:FullNameMapper": mapper("full-name-ldap-mapper", {
    ldapFullNameAttribute: config.text("ldap.full.name.attribute"),
    readOnly: config.flag("read.only"),
    writeOnly: config.flag("write.only"),
  }),
  "keycloak:ldap/groupMapper:GroupMapper": mapper("group-ldap-mapper", {
    ldapGroupsDn: config.text("groups.dn"),
    groupNameLdapAttribute: config.text("group.name.ldap.attribute"),
    groupObjectClasses: config.joined("group.object.classes", ","),
    preserveGroupInheritance: config.flag("preserve.group.inheritance", { default: true }),
    ignoreMissingGroups: config.flag("ignore.missing.groups"),
    membershipLdapAttribute: config.text("membership.ldap.attribute"),
    membershipAttributeType: config.text("membership.attribute.type", {
      default: "DN",
      oneOf: ["DN", "UID"],
    }),
    membershipUserLdapAttribute: config.text("membership.user.ldap.attribute"),
    groupsLdapFilter: config.text("groups.ldap.filter"),
    mode: config.text("mode", { default: "READ_ONLY", oneOf: ["READ_ONLY", "LDAP_ONLY", "IMPORT"] }),
    userRolesRetrieveStrategy: config.text("user.roles.retrieve.strategy", {
      default: "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE",
      oneOf: [
        "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE",
        "GET_GROUPS_FROM_USER_MEMBEROF_ATTRIBUTE",
        "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE_RECURSIVELY",
      ],
    }),
    memberofLdapAttribute: config.text("memberof.ldap.attribute", { default: "memberOf" }),
    mappedGroupAttributes: config.joined("mapped.group.attributes", ","),
    dropNonExistingGroupsDuringSync: config.flag("drop.non.existing.groups.during.sync"),
    groupsPath: config.text("groups.path", { kept: true }),
  }),
  "keycloak:ldap/hardcodedAttributeMapper:HardcodedAttributeMapper": mapper(
    "hardcoded-ldap-attribute-mapper",
    {
      attributeName: config.text("ldap.attribute.name"),
      attributeValue: config.text("ldap.attribute.value"),
    },
  ),
  "keycloak:ldap/userAttributeMapper:UserAttributeMapper": mapper("user-attribute-ldap-mapper", {
    userModelAttribute: config.text("user.model.attribute"),
    ldapAttribute: config.text("ldap.attribute"),
    readOnly: config.flag("read.only"),
    alwaysReadValueFromLdap: config.flag("always.read.value.from.ldap"),
    isMandatoryInLdap: config.flag("is.mandatory.in.ldap"),
    attributeForceDefault: config.flag("attribute.force.default", { default: true }),
    attributeDefaultValue: config.text("attribute.default.value"),
    isBinaryAttribute: config.flag("is.binary.attribute"),
  }),
};
