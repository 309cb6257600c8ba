import { z } from "zod";
import { checkDns, checkOwnDomain, dnsSettings } from "./dns.ts";
import { certificateSettings, checkCertificates } from "./certificates.ts";
import { demandSettings } from "./demand.ts";
import { addFault, unique } from "./fault.ts";
import { domainName } from "./fields.ts";
import { hostSettings } from "./host.ts";
import { nginxSettings } from "./nginx.ts";
import { realmSettings } from "./realms.ts";
import { checkRelay, relaySettings } from "./relay.ts";
import { checkSecrets, secretSettings } from "./secrets.ts";
import { checkRealmServices } from "./service-presets.ts";
import { keycloakSettings, openldapSettings, postgresSettings, simplesamlphpSettings } from "./services.ts";
import { checkSmtp, smtpSettings } from "./smtp.ts";

const uncheckedSettings = z
  .strictObject({
    domain: domainName.describe(
      "Domain of the identity service: a domain of its own, not under the services' domain.",
    ),
    host: hostSettings,
    protect: z
      .boolean()
      .default(true)
      .describe("Whether Pulumi refuses to delete what holds accounts, keys and realms."),
    certificates: certificateSettings,
    postgres: postgresSettings,
    openldap: openldapSettings,
    keycloak: keycloakSettings,
    nginx: nginxSettings,
    simplesamlphp: simplesamlphpSettings,
    realms: z
      .array(realmSettings)
      .min(1, { error: "at least one realm" })
      .check(unique("name", "a name that no other realm has"))
      .describe("Realms of the stack; the first one is home to the id site's root."),
    smtp: smtpSettings,
    relay: relaySettings,
    dns: dnsSettings,
    demand: demandSettings,
    secrets: secretSettings,
  })
  .describe("Settings of one stack.");

/** Settings whose parts may not fit each other. */
export type UncheckedSettings = z.output<typeof uncheckedSettings>;

function checkDirectory(context: z.core.ParsePayload<UncheckedSettings>): void {
  const { openldap, realms } = context.value;
  const realm = realms.find(({ kind }) => kind === "directory");
  if ((realm === undefined) === (openldap === undefined)) return;
  addFault(
    context,
    ["openldap"],
    realm === undefined
      ? "nothing, because no realm is a directory realm"
      : `OpenLDAP's settings, because realm ${realm.name} is a directory realm`,
  );
}

/** There is one directory, and an alias in it is for good. */
function checkAliasDomains(context: z.core.ParsePayload<UncheckedSettings>): void {
  const domains = context.value.realms.map((realm) =>
    realm.kind === "directory" ? realm.aliasDomain : undefined,
  );
  const first = domains.find((domain) => domain !== undefined);
  domains.forEach((domain, index) => {
    if (domain !== undefined && domain !== first)
      addFault(
        context,
        ["realms", index, "aliasDomain"],
        `${first}, because all directory realms share the directory`,
      );
    if (domain !== undefined && domain === context.value.domain)
      addFault(context, ["realms", index, "aliasDomain"], "another domain than the id site's");
  });
}

function checkServices(context: z.core.ParsePayload<UncheckedSettings>): void {
  for (const [index, realm] of context.value.realms.entries()) {
    checkRealmServices(realm, (path, allowed) => {
      addFault(context, ["realms", index, ...path], allowed);
    });
  }
}

/** All that a stack says, whether or not its secrets are there. */
export const settingsBesideSecrets = uncheckedSettings.check(
  checkOwnDomain,
  checkDirectory,
  checkAliasDomains,
  checkRelay,
  checkSmtp,
  checkServices,
  checkDns,
  checkCertificates,
);

/**
 * All that a stack says: its file under `config`, without the `sso:` in front, and those that it goes by.
 *
 * @param stack its name, for the commands that set secrets
 */
export function stackSettings(stack: string): typeof settingsBesideSecrets {
  return settingsBesideSecrets.check((context) => {
    checkSecrets(context, stack);
  });
}

/** Everything a stack says, checked, with defaults filled in. */
export type Settings = DeepReadonly<z.output<typeof settingsBesideSecrets>>;
export type RealmSettings = Settings["realms"][number];
export type ThemeSettings = RealmSettings["theme"];
export type DirectoryRealmSettings = Extract<RealmSettings, { kind: "directory" }>;
export type BrokerRealmSettings = Extract<RealmSettings, { kind: "broker" }>;
export type DnsSettings = NonNullable<Settings["dns"]>;
export type ServiceSettings = RealmSettings["services"][number];
export type IdentityProviderSettings = BrokerRealmSettings["identityProviders"][number];

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
