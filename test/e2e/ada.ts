import { adminOf } from "../stack/admin.ts";
import type { SharedStack } from "../stack/shared.ts";

/** A person of components/openldap/seeds/dev.ldif who is in the directory's group developers. */
export const ADA = { username: "ada", password: "analytical engine 1843" } as const;

/** Has her e-mail address verified and makes her a member of the realm's group editors, by hand. */
export async function prepareAda(stack: SharedStack, realm: string): Promise<void> {
  const admin = adminOf(stack);
  const [ada] = (await admin.list(`/${realm}/users`, { username: ADA.username, exact: true })) ?? [];
  const [editors] = (await admin.list(`/${realm}/groups`, { search: "editors", exact: true })) ?? [];
  const path = `/${realm}/users/${String(ada?.["id"])}`;
  await admin.put(path, { ...ada, emailVerified: true });
  await admin.put(`${path}/groups/${String(editors?.["id"])}`);
}
