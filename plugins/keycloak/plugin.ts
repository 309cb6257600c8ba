import type { PackageSchema, Plugin } from "../core/definition.ts";
import { Connection } from "./connection.ts";
import { execution, executionConfig, flow, subflow } from "./resources/flows.ts";
import { defaultGroups, group } from "./resources/groups.ts";
import { identityProviderMappers } from "./resources/identity-provider-mappers.ts";
import { identityProviders } from "./resources/identity-providers.ts";
import { ldapMappers, userFederation } from "./resources/ldap.ts";
import { realmLocalization } from "./resources/localization.ts";
import { openidClient } from "./resources/openid-client.ts";
import { protocolMappers } from "./resources/protocol-mappers.ts";
import { bindings, realmEvents, realmKeystoreRsaGenerated, requiredAction } from "./resources/realm-parts.ts";
import { realm } from "./resources/realm.ts";
import { genericRoleMapper } from "./resources/role-scope.ts";
import { defaultRoles, groupRoles, role } from "./resources/roles.ts";
import { samlClient } from "./resources/saml-client.ts";
import { clientDefaultScopes, clientOptionalScopes, clientScope } from "./resources/scopes.ts";
import { realmUserProfile } from "./resources/user-profile.ts";
import { user } from "./resources/user.ts";
import { readSettings } from "./settings.ts";
import schema from "./schema.json" with { type: "json" };

/** The built-in keycloak plugin: official names and state, Keycloak's own admin client underneath. */
export const plugin: Plugin<Connection> = {
  schema: schema as unknown as PackageSchema,
  configure: (config) => new Connection(readSettings(config)),
  resources: {
    "keycloak:index/realm:Realm": realm,
    "keycloak:index/realmEvents:RealmEvents": realmEvents,
    "keycloak:index/realmUserProfile:RealmUserProfile": realmUserProfile,
    "keycloak:index/realmLocalization:RealmLocalization": realmLocalization,
    "keycloak:index/realmKeystoreRsaGenerated:RealmKeystoreRsaGenerated": realmKeystoreRsaGenerated,
    "keycloak:index/requiredAction:RequiredAction": requiredAction,
    "keycloak:index/role:Role": role,
    "keycloak:index/defaultRoles:DefaultRoles": defaultRoles,
    "keycloak:index/genericRoleMapper:GenericRoleMapper": genericRoleMapper,
    "keycloak:index/group:Group": group,
    "keycloak:index/defaultGroups:DefaultGroups": defaultGroups,
    "keycloak:index/groupRoles:GroupRoles": groupRoles,
    "keycloak:index/user:User": user,
    "keycloak:openid/client:Client": openidClient,
    "keycloak:openid/clientScope:ClientScope": clientScope,
    "keycloak:openid/clientDefaultScopes:ClientDefaultScopes": clientDefaultScopes,
    "keycloak:openid/clientOptionalScopes:ClientOptionalScopes": clientOptionalScopes,
    "keycloak:saml/client:Client": samlClient,
    "keycloak:ldap/userFederation:UserFederation": userFederation,
    "keycloak:authentication/flow:Flow": flow,
    "keycloak:authentication/subflow:Subflow": subflow,
    "keycloak:authentication/execution:Execution": execution,
    "keycloak:authentication/executionConfig:ExecutionConfig": executionConfig,
    "keycloak:authentication/bindings:Bindings": bindings,
    ...protocolMappers,
    ...ldapMappers,
    ...identityProviders,
    ...identityProviderMappers,
  },
};
