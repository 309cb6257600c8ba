import { z } from "zod";
import { tsigKeysOf } from "./dns.ts";
import { addFault } from "./fault.ts";
import type { UncheckedSettings } from "./schema.ts";

const name = z.string().regex(/^[a-z0-9][a-zA-Z0-9-]*$/, { error: "a name of letters, digits and dashes" });

/** Secrets by group and name: what outside parties gave to this stack. Pulumi keeps them encrypted. */
export const secretSettings = z
  .record(name, z.record(name, z.string({ error: "a secret" }).min(1, { error: "a secret" })))
  .default({})
  .describe("Secrets, set by: pulumi config set --stack STACK --secret --path sso:secrets.GROUP.NAME");

/** Where a secret stands: `sso:secrets.<group>.<name>`. */
export interface SecretName {
  readonly group: string;
  readonly name: string;
}

/** All secrets that a stack's settings call for. */
export function neededSecrets(settings: Omit<UncheckedSettings, "secrets">): SecretName[] {
  const realms = settings.realms.flatMap((realm): SecretName[] => [
    ...(realm.kind === "directory" && realm.recaptcha !== undefined
      ? [{ group: realm.name, name: "recaptcha" }]
      : []),
    ...(realm.kind === "broker"
      ? realm.identityProviders
          .filter((provider) => "clientId" in provider)
          .map(({ alias }): SecretName => ({ group: realm.name, name: alias }))
      : []),
  ]);
  return [
    ...realms,
    ...(settings.smtp.kind === "server" || settings.smtp.through !== undefined
      ? [{ group: "smtp", name: "password" }]
      : []),
    ...tsigKeysOf(settings.dns).map(({ name }) => ({ group: "dns", name })),
  ];
}

/** The command that sets a secret. */
export function commandFor({ group, name: key }: SecretName, stack: string): string {
  return `pulumi config set --stack ${stack} --secret --path sso:secrets.${group}.${key}`;
}

/** Stands for a secret where nobody asks what it is; a TSIG key's must be base64. */
const PLACEHOLDER = "cGxhY2Vob2xkZXI=";

/** Secrets, as settings have them, that stand for those that are not there: for previews, and for stacks of a day. */
export function placeholderSecrets(names: readonly SecretName[]): Record<string, Record<string, string>> {
  const secrets: Record<string, Record<string, string>> = {};
  for (const { group, name: key } of names) secrets[group] = { ...secrets[group], [key]: PLACEHOLDER };
  return secrets;
}

/** Refuses a stack that lacks a secret, or holds one that nothing asks for. */
export function checkSecrets(context: z.core.ParsePayload<UncheckedSettings>, stack: string): void {
  const { secrets } = context.value;
  const needed = neededSecrets(context.value);
  const fault = ({ group, name: key }: SecretName, allowed: string): void => {
    addFault(context, ["secrets", group, key], allowed);
  };
  for (const secret of needed) {
    if (secrets[secret.group]?.[secret.name] !== undefined) continue;
    fault(secret, `a secret; run: ${commandFor(secret, stack)}`);
  }
  for (const [group, names] of Object.entries(secrets)) {
    for (const key of Object.keys(names)) {
      if (needed.some((secret) => secret.group === group && secret.name === key)) continue;
      fault(
        { group, name: key },
        `only secrets that a setting asks for; run: pulumi config rm --stack ${stack} --path sso:secrets.${group}.${key}`,
      );
    }
  }
}
