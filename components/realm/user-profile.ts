import * as keycloak from "@pulumi/keycloak";
import type * as pulumi from "@pulumi/pulumi";
import { ROLE_MAILBOXES } from "../postfix/render.ts";
import type { RealmScope } from "./realm.ts";

type Attribute = keycloak.types.input.RealmUserProfileAttribute;
type Who = "admin" | "user";

/** Who may see an attribute and who may edit it. */
function permissions(views: readonly Who[], edits: readonly Who[]): Attribute["permissions"] {
  return { views: [...views], edits: [...edits] };
}

const EVERYBODY = permissions(["admin", "user"], ["admin", "user"]);

/** Nobody edits it through Keycloak: the server's own extension writes it. */
const KEPT = permissions(["admin", "user"], []);

const PERSON_NAME = [
  { name: "length", config: { max: "255" } },
  { name: "person-name-prohibited-characters", config: {} },
];

/** Attributes that people edit themselves. */
export const EDITED_ATTRIBUTES: readonly string[] = ["username", "email", "firstName", "lastName"];

export interface UserProfileArgs extends RealmScope {
  /** Domain of the accounts' alias addresses; nobody may have one of them as their own. @default no aliases */
  readonly aliasDomain?: string;
  /** Further attributes, copied from identity providers; people see them and do not edit them. @default none */
  readonly imported?: readonly string[];
}

/** A Java pattern for the local part of an alias: words between dots (RFC 5321, Dot-string), no mailbox of the relay's. */
export const LOCAL_PART = String.raw`^(?!(?:${ROLE_MAILBOXES.join("|")})$)[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*$`;

/** What accounts of a realm are made of; whatever is not named here cannot be set. */
export function newUserProfile(
  name: string,
  args: UserProfileArgs,
  opts: pulumi.CustomResourceOptions,
): keycloak.RealmUserProfile {
  const { aliasDomain } = args;
  const hasAliases = aliasDomain !== undefined;
  const attributes: Attribute[] = [
    {
      name: "username",
      displayName: "${username}",
      permissions: EVERYBODY,
      validators: [
        { name: "length", config: { min: "2", max: "64" } },
        { name: "username-prohibited-characters", config: {} },
        { name: "up-username-not-idn-homograph", config: {} },
        ...(hasAliases
          ? [
              {
                name: "pattern",
                config: { pattern: LOCAL_PART, "error-message": "error-username-invalid-character" },
              },
              { name: "sso-alias-free", config: { "alias.domain": aliasDomain } },
            ]
          : []),
      ],
    },
    {
      name: "email",
      displayName: "${email}",
      requiredForRoles: ["user"],
      permissions: EVERYBODY,
      validators: [
        { name: "email", config: {} },
        { name: "length", config: { max: "255" } },
        ...(hasAliases
          ? [
              {
                name: "pattern",
                config: { pattern: outside(aliasDomain), "error-message": "ssoMailUnderAliasDomain" },
              },
            ]
          : []),
      ],
    },
    {
      name: "firstName",
      displayName: "${firstName}",
      requiredForRoles: ["user"],
      permissions: EVERYBODY,
      validators: PERSON_NAME,
    },
    {
      name: "lastName",
      displayName: "${lastName}",
      requiredForRoles: ["user"],
      permissions: EVERYBODY,
      validators: PERSON_NAME,
    },
    ...(hasAliases ? [{ name: "alias", displayName: "${ssoAlias}", permissions: KEPT }] : []),
    // People do not see it: the account console sends back what it shows, and a login meanwhile would have that refused.
    { name: "lastLogin", displayName: "${ssoLastLogin}", permissions: permissions(["admin"], []) },
    {
      name: "spam",
      displayName: "${ssoSpam}",
      permissions: permissions(["admin"], ["admin"]),
      validators: [{ name: "length", config: { max: "255" } }],
    },
  ];
  const known = attributes.map(({ name: each }) => each);
  const imported = (args.imported ?? [])
    .filter((each) => !known.includes(each))
    .map((each) => ({
      name: each,
      displayName: each,
      multiValued: true,
      permissions: permissions(["admin", "user"], ["admin"]),
    }));
  return new keycloak.RealmUserProfile(
    `${name}-profile`,
    {
      realmId: args.realmId,
      attributes: [...attributes, ...imported].map((attribute) => ({ group: "user-metadata", ...attribute })),
      groups: [
        {
          name: "user-metadata",
          displayHeader: "User metadata",
          displayDescription: "Attributes, which refer to user metadata",
        },
      ],
    },
    opts,
  );
}

/** A Java pattern for addresses that are not under `domain`. */
export function outside(domain: string): string {
  return `(?i)^(?!.*@${domain.replaceAll(".", String.raw`\.`)}$).*$`;
}
