import { z } from "zod";
import { domainName } from "./fields.ts";
import { hostSettings } from "./host.ts";
import { realmSettings } from "./realms.ts";
import { keycloakSettings, nginxSettings, openldapSettings, postgresSettings } from "./services.ts";

/** All that a stack file may say under `config`, without the `sso:` in front. */
export const stackSettings = z
  .strictObject({
    domain: domainName.describe(
      "Domain of the identity service: a domain of its own, not under the services' domain.",
    ),
    host: hostSettings,
    protect: z
      .boolean()
      .default(true)
      .describe("Whether Pulumi refuses to delete what holds accounts, keys and realms."),
    postgres: postgresSettings,
    openldap: openldapSettings,
    keycloak: keycloakSettings,
    nginx: nginxSettings,
    realms: z
      .array(realmSettings)
      .min(1, { error: "at least one realm" })
      .refine((realms) => new Set(realms.map((realm) => realm.name)).size === realms.length, {
        error: "realms of different names",
      })
      .describe("Realms of the stack; the first one is home to the id site's root."),
  })
  .describe("Settings of one stack.");

/** Everything a stack says, checked, with defaults filled in. */
export type Settings = DeepReadonly<z.output<typeof stackSettings>>;
export type RealmSettings = Settings["realms"][number];
export type ThemeSettings = RealmSettings["theme"];
export type DirectoryRealmSettings = Extract<RealmSettings, { kind: "directory" }>;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
