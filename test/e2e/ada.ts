import { type AdminApi, adminApi } from "../stack/keycloak.ts";
import { COMMUNITY } from "../stack/services.ts";
import type { SharedStack } from "../stack/shared.ts";

/** A person of components/openldap/seeds/dev.ldif who is in the directory's group developers. */
export const ADA = { username: "ada", password: "analytical engine 1843" } as const;

/** Ada's account in Keycloak. @returns its path in the admin API */
export async function pathOfAda(api: AdminApi): Promise<string> {
  const [ada] = await api.get<{ id: string }[]>(`/${COMMUNITY}/users?exact=true&username=${ADA.username}`);
  if (ada === undefined) throw new Error("ada is not in the directory");
  return `/${COMMUNITY}/users/${ada.id}`;
}

/** Has her e-mail address verified, and makes her a member of the realm's group editors. */
export async function prepareAda(stack: SharedStack): Promise<void> {
  const api = adminApi(stack);
  const path = await pathOfAda(api);
  await api.put(path, { ...(await api.get<object>(path)), emailVerified: true });
  const [editors] = await api.get<{ id: string }[]>(`/${COMMUNITY}/groups?exact=true&search=editors`);
  await api.put(`${path}/groups/${editors?.id ?? ""}`, {});
}
