import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import type { RealmSettings } from "../../settings/schema.ts";
import type { RealmScope } from "../realm.ts";

export type ServiceClaimsArgs = RealmScope & Pick<RealmSettings, "roles" | "groups">;

/**
 * The roles and groups of a realm, and the client scope that puts them into tokens as `roles` and `groups`. Roles that
 * the settings do not list stay out of them.
 */
export class ServiceClaims extends pulumi.ComponentResource {
  /** Name of the client scope. */
  public readonly scope: pulumi.Output<string>;
  /** IDs of the roles by name. */
  public readonly roleIds: Readonly<Record<string, pulumi.Output<string>>>;

  public constructor(name: string, args: ServiceClaimsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:realm:ServiceClaims", name, {}, opts);
    const { realmId } = args;
    const options = { parent: this, provider: args.provider, deletedWith: args.deletedWith };
    this.roleIds = Object.fromEntries(
      args.roles.map((role) => [
        role,
        new keycloak.Role(`${name}-role-${role}`, { realmId, name: role }, options).id,
      ]),
    );
    for (const group of args.groups) {
      const { id } = new keycloak.Group(
        `${name}-group-${group.name}`,
        { realmId, name: group.name },
        options,
      );
      if (group.roles.length === 0) continue;
      new keycloak.GroupRoles(
        `${name}-group-${group.name}-roles`,
        { realmId, groupId: id, roleIds: group.roles.flatMap((role) => this.roleIds[role] ?? []) },
        options,
      );
    }

    const scope = new keycloak.openid.ClientScope(
      `${name}-scope`,
      { realmId, name: "groups", description: "Groups and roles", includeInTokenScope: true },
      options,
    );
    const inScope = { realmId, clientScopeId: scope.id };
    const inAllTokens = { addToIdToken: true, addToAccessToken: true, addToUserinfo: true };
    new keycloak.openid.GroupMembershipProtocolMapper(
      `${name}-groups`,
      { ...inScope, ...inAllTokens, name: "groups", claimName: "groups", fullPath: false },
      options,
    );
    new keycloak.openid.UserRealmRoleProtocolMapper(
      `${name}-roles`,
      { ...inScope, ...inAllTokens, name: "roles", claimName: "roles", multivalued: true },
      options,
    );
    for (const [role, roleId] of Object.entries(this.roleIds)) {
      new keycloak.GenericRoleMapper(`${name}-scope-${role}`, { ...inScope, roleId }, options);
    }
    this.scope = scope.name;
    this.registerOutputs({ scope: this.scope });
  }
}
