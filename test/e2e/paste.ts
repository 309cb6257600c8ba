import { presetOf } from "../../components/realm/services/presets.ts";
import { settingsWithoutSecrets } from "../../automation/stack-settings.ts";
import type { SharedStack } from "../stack/shared.ts";

/** What `npm run services -- show NAME --secret` prints for one place of a service of the realm community. */
export function pasteFor(stack: SharedStack, name: string, where: string): string {
  const [realm] = settingsWithoutSecrets(stack.name).realms;
  const service = realm?.services.find((one) => one.name === name);
  const shown = stack.view.realms[realm?.name ?? ""];
  const login = shown?.services[name]?.at(-1);
  if (realm === undefined || service === undefined || shown === undefined || login === undefined)
    throw new Error(`the stack has no service ${name}`);
  const preset = presetOf(service);
  if (preset.protocol === "saml") throw new Error(`${name} is a SAML service`);
  const pastes = preset.paste({
    realm: realm.name,
    issuer: shown.issuer,
    publicUrl: stack.view.url,
    clientId: login.clientId,
    clientSecret: login.clientSecret ?? "",
  });
  const found = pastes.find((paste) => paste.where === where);
  if (found === undefined) throw new Error(`nothing to paste into ${where} of ${name}`);
  return found.text;
}
