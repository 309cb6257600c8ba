import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import type { LdapEndpoint } from "../endpoints.ts";
import type { DirectoryRealmSettings } from "../settings/schema.ts";
import { directoryFault } from "./directory-login.ts";
import type { RealmScope } from "./realm.ts";
import type { Expectation } from "./verification.ts";

export interface LdapFederationArgs extends RealmScope {
  readonly ldap: LdapEndpoint;
  readonly sync: DirectoryRealmSettings["sync"];
  /** Domain of the accounts' alias addresses. @default no aliases */
  readonly aliasDomain?: string;
  /** Whether `pulumi destroy` must refuse to delete the federation. @default true */
  readonly protectData?: boolean;
}

interface AttributeMapping {
  /** Attribute of the Keycloak user. */
  readonly user: string;
  readonly ldap: string;
  readonly mandatory?: boolean;
  readonly readOnly?: boolean;
}

/** Attributes that pass between Keycloak and the directory, by the name of their mapper. */
const ATTRIBUTES: Readonly<Record<string, AttributeMapping>> = {
  username: { user: "username", ldap: "uid", mandatory: true },
  email: { user: "email", ldap: "mail" },
  "first-name": { user: "firstName", ldap: "givenName" },
  "last-name": { user: "lastName", ldap: "sn", mandatory: true },
  "create-timestamp": { user: "createTimestamp", ldap: "createTimestamp", readOnly: true },
  // Written by a listener of the extension.
  "last-login": { user: "lastLogin", ldap: "ssoLastLogin", readOnly: true },
  // Keycloak finds changed entries by it.
  "modify-timestamp": { user: "modifyTimestamp", ldap: "modifyTimestamp", readOnly: true },
};

/**
 * Federation of a realm with OpenLDAP: Keycloak writes accounts, registrations and groups through to the
 * directory, which stays the source of truth.
 *
 * @stateful removing it removes the imported accounts from Keycloak, though not from the directory
 */
export class LdapFederation extends pulumi.ComponentResource {
  public readonly providerId: pulumi.Output<string>;

  public constructor(name: string, args: LdapFederationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:realm:LdapFederation", name, {}, opts);
    const { realmId, ldap } = args;
    const options = { parent: this, provider: args.provider, deletedWith: args.deletedWith };
    const federation = new keycloak.ldap.UserFederation(
      `${name}-provider`,
      {
        realmId,
        name: "ldap",
        enabled: true,
        priority: 0,
        importEnabled: true,
        editMode: "WRITABLE",
        syncRegistrations: true,
        vendor: "OTHER",
        connectionUrl: ldap.url,
        useTruststoreSpi: "ALWAYS",
        connectionPooling: true,
        connectionTimeout: "5s",
        readTimeout: "10s",
        bindDn: ldap.bindDn,
        bindCredential: ldap.bindPassword,
        usersDn: `ou=users,${ldap.baseDn}`,
        searchScope: "ONE_LEVEL",
        userObjectClasses: ["inetOrgPerson", "ssoAccount"],
        usernameLdapAttribute: "uid",
        rdnLdapAttribute: "uid",
        uuidLdapAttribute: "entryUUID",
        // Otherwise passwords would be written to the attribute in plain text.
        usePasswordModifyExtendedOp: true,
        validatePasswordPolicy: true,
        trustEmail: false,
        pagination: true,
        batchSizeForSync: 1000,
        changedSyncPeriod: args.sync.changedUsersSec,
        fullSyncPeriod: args.sync.fullSec,
        // The ones Keycloak makes write the first name into cn; the mappers below replace them.
        deleteDefaultMappers: true,
      },
      { ...options, protect: args.protectData ?? true },
    );
    args.expectations.add(
      federation,
      federation.id.apply((id): Expectation => ({
        of: "federation ldap",
        read: (client, realm) => client.components.findOne({ realm, id }),
        values: {
          "config.enabled": ["true"],
          "config.connectionUrl": [ldap.url],
          "config.editMode": ["WRITABLE"],
          "config.usePasswordModifyExtendedOp": ["true"],
          "config.syncRegistrations": ["true"],
          "config.trustEmail": ["false"],
        },
      })),
    );
    args.expectations.add(
      federation,
      federation.id.apply((id): Expectation => ({
        of: "federation ldap",
        read: async (client, realm) => ({ login: (await directoryFault(client, realm, id)) ?? "possible" }),
        values: { login: "possible" },
      })),
    );
    const inFederation = { realmId, ldapUserFederationId: federation.id };
    for (const [mapper, mapping] of Object.entries(ATTRIBUTES)) {
      new keycloak.ldap.UserAttributeMapper(
        `${name}-${mapper}`,
        {
          ...inFederation,
          name: mapper,
          userModelAttribute: mapping.user,
          ldapAttribute: mapping.ldap,
          isMandatoryInLdap: mapping.mandatory ?? false,
          readOnly: mapping.readOnly ?? false,
          alwaysReadValueFromLdap: mapping.readOnly ?? false,
        },
        options,
      );
    }
    const ownMappers = {
      "full-name": {
        providerId: "sso-full-name-ldap-mapper",
        config: { "ldap.full.name.attribute": "cn", "read.only": "false", "write.only": "true" },
      },
      "kept-out": {
        providerId: "sso-kept-out-ldap-mapper",
        config: { "ldap.attribute": "ssoSpamLabel" },
      },
      ...(args.aliasDomain === undefined
        ? {}
        : {
            alias: {
              providerId: "sso-alias-ldap-mapper",
              config: { "ldap.attribute": "ssoMailAlias", "alias.domain": args.aliasDomain },
            },
          }),
    };
    for (const [mapper, own] of Object.entries(ownMappers)) {
      new keycloak.ldap.CustomMapper(
        `${name}-${mapper}`,
        {
          ...inFederation,
          ...own,
          name: mapper,
          providerType: "org.keycloak.storage.ldap.mappers.LDAPStorageMapper",
        },
        options,
      );
    }
    new keycloak.ldap.GroupMapper(
      `${name}-groups`,
      {
        ...inFederation,
        name: "groups",
        ldapGroupsDn: `ou=groups,${ldap.baseDn}`,
        groupNameLdapAttribute: "cn",
        groupObjectClasses: ["groupOfNames"],
        membershipLdapAttribute: "member",
        membershipAttributeType: "DN",
        membershipUserLdapAttribute: "uid",
        memberofLdapAttribute: "memberOf",
        userRolesRetrieveStrategy: "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE",
        mode: "LDAP_ONLY",
        preserveGroupInheritance: false,
        dropNonExistingGroupsDuringSync: false,
      },
      options,
    );
    this.providerId = federation.id;
    this.registerOutputs({ providerId: this.providerId });
  }
}
