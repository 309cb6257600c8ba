import { z } from "zod";
import { entityId, redirectUri, serviceUrl, text, wholeNumber } from "./fields.ts";

/** Clients that Keycloak makes in every realm. */
export const KEYCLOAKS_OWN: readonly string[] = [
  "account",
  "account-console",
  "admin-cli",
  "broker",
  "realm-management",
  "security-admin-console",
];

const name = text(
  /^[a-z0-9][a-z0-9-]{0,35}$/,
  "1 to 36 lower-case letters, digits and dashes, beginning with a letter or digit",
).refine((value) => !KEYCLOAKS_OWN.includes(value), {
  error: `any name but those of Keycloak's own clients: ${KEYCLOAKS_OWN.join(", ")}`,
});

/** What every service says. */
const common = {
  name: name.describe(
    "Name of the service in the realm; the ID of its OpenID Connect client begins with it.",
  ),
  url: serviceUrl.describe("Base URL of the service."),
  displayName: z.string().min(1).max(64).optional().describe("Name that people see."),
};

const redirectUris = z
  .array(redirectUri)
  .min(1, { error: "at least one redirect URI" })
  .describe("Where logins return to. Default: what the preset makes of the URL.");

/** Clients that hold a secret. */
const confidential = {
  pkce: z
    .boolean()
    .optional()
    .describe("Whether logins must carry a PKCE challenge (RFC 7636). Default: where the service can."),
  generations: z
    .array(wholeNumber(1, 9999, "a generation"))
    .min(1, { error: "one generation, or two" })
    .max(2, { error: "one generation, or two" })
    .refine(([first = 0, second = Infinity]) => first < second, { error: "two generations, the newest last" })
    .default([1])
    .describe("Generations of its client, the newest last; npm run services -- rotate writes them."),
};

const known = z.strictObject({
  preset: z.enum([
    "gerrit",
    "storyboard",
    "mediawiki",
    "askbot",
    "refstack",
    "limesurvey",
    "gitea",
    "mailman3",
  ]),
  ...common,
  redirectUris: redirectUris.optional(),
  ...confidential,
});

const zuul = z.strictObject({
  preset: z.literal("zuul"),
  ...common,
  redirectUris: redirectUris.optional(),
});

const oidc = z.strictObject({
  preset: z.literal("oidc"),
  ...common,
  redirectUris: redirectUris.describe("Where logins return to."),
  access: z
    .enum(["confidential", "public"], { error: "confidential or public" })
    .default("confidential")
    .describe("Whether the service keeps a secret; one that runs in the browser cannot, and must use PKCE."),
  ...confidential,
});

const signingCertificate = text(
  /^[A-Za-z0-9+/=\s]{100,}$/,
  "a certificate in base64 without its BEGIN and END lines",
)
  .optional()
  .describe(
    "Certificate its requests are signed with, which must then be: base64, without the BEGIN and END lines.",
  );

const singleLogoutUrl = redirectUri
  .optional()
  .describe("Its single logout address with the POST binding; no single logout by default.");

const zanata = z.strictObject({ preset: z.literal("zanata"), ...common, signingCertificate });

const atlassian = z.strictObject({
  preset: z.literal("atlassian"),
  ...common,
  entityId: entityId.describe("`Service provider entity URL` of Atlassian's SAML configuration."),
  acsUrl: redirectUri.describe(
    "`Service provider assertion consumer service URL` of Atlassian's SAML configuration.",
  ),
  nameId: z
    .enum(["alias", "email"], { error: "alias or email" })
    .default("alias")
    .describe(
      "Address that Atlassian knows people by: the alias, or their own where its domain is verified.",
    ),
  singleLogoutUrl,
});

const saml = z.strictObject({
  preset: z.literal("saml"),
  ...common,
  entityId: entityId.describe("Its entity ID."),
  acsUrl: redirectUri.describe("Its assertion consumer service with the POST binding."),
  nameId: z
    .enum(["username", "email", "alias"], { error: "username, email or alias" })
    .default("username")
    .describe("What of an account names the person."),
  attributes: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe("Attributes of the assertion by name, each with the account's attribute."),
  signingCertificate,
  singleLogoutUrl,
});

const presets = [known, zuul, oidc, zanata, atlassian, saml] as const;

/** Names of all presets. */
export const PRESET_NAMES: readonly string[] = presets.flatMap(({ shape: { preset } }) =>
  preset instanceof z.ZodEnum ? preset.options : [...preset.values],
);

const service = z.discriminatedUnion("preset", presets, {
  error: `a service whose preset is one of ${PRESET_NAMES.join(", ")}`,
});

/** A name as it appears in tokens. */
const claimValue = text(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  "1 to 64 letters, digits, dots, dashes and underscores",
);

export const serviceSettings = z
  .array(service)
  .default([])
  .describe("Services whose logins go through the realm.");

/** Roles that Keycloak makes in every realm. */
const KEYCLOAKS_ROLES = /^(offline_access|uma_authorization|default-roles-.*)$/;

export const roleSettings = z
  .array(
    claimValue.refine((value) => !KEYCLOAKS_ROLES.test(value), {
      error: "any role but Keycloak's own: offline_access, uma_authorization, default-roles-REALM",
    }),
  )
  .default([])
  .describe("Roles that reach the services in the claim roles.");

export const groupSettings = z
  .array(
    z.strictObject({
      name: claimValue.describe("Name in the claim groups."),
      roles: z.array(claimValue).default([]).describe("Roles of its members."),
    }),
  )
  .default([])
  .describe(
    "Groups of the realm, which reach the services in the claim groups, as those of the directory do.",
  );

/** What a realm says about services, as far as it must fit together. */
interface Realm {
  readonly aliasDomain?: string | undefined;
  readonly services: z.output<typeof serviceSettings>;
  readonly roles: z.output<typeof roleSettings>;
  readonly groups: z.output<typeof groupSettings>;
}

/** Says what is wrong with a setting of the realm, by its path below it. */
type Fault = (path: readonly PropertyKey[], message: string) => void;

/** Refuses services, roles and groups of a realm that do not fit each other. */
export function checkRealmServices(realm: Realm, fault: Fault): void {
  const { services, roles, groups } = realm;
  const ids = services.map((one) => ("entityId" in one ? one.entityId : one.name));
  for (const [index, one] of services.entries()) {
    const at = (key: string): PropertyKey[] => ["services", index, key];
    if (services.findIndex(({ name: other }) => other === one.name) < index)
      fault(at("name"), "a name that no other service of the realm has");
    else if (ids.indexOf(ids[index] ?? "") < index)
      fault(at("entityId"), "an entity ID that no other service of the realm has");
    if ("nameId" in one && one.nameId === "alias" && realm.aliasDomain === undefined)
      fault(at("nameId"), "alias only in a realm with aliasDomain");
    if (one.preset !== "oidc" || one.access !== "public") continue;
    if (one.pkce === false) fault(at("pkce"), "true, because a public client proves itself by PKCE alone");
    if (one.generations.length > 1) fault(at("generations"), "one, because a public client has no secret");
  }
  for (const [index, role] of roles.entries())
    if (roles.indexOf(role) < index) fault(["roles", index], "a role that the realm does not list before");
  for (const [index, { name: group, roles: given }] of groups.entries()) {
    if (groups.findIndex(({ name: other }) => other === group) < index)
      fault(["groups", index, "name"], "a name that no other group of the realm has");
    for (const [place, role] of given.entries())
      if (!roles.includes(role))
        fault(["groups", index, "roles", place], "a role that the realm lists under roles");
  }
}
