import { adminApi } from "./keycloak.ts";
import type { SharedStack } from "./shared.ts";

interface Federation {
  readonly id: string;
  readonly config: Readonly<Record<string, string[]>>;
}

/** The only one of a realm. Keycloak is asked, because it has another ID since a test had the database lost. */
export async function federationOf(stack: SharedStack, realm: string): Promise<Federation> {
  const path = `/${realm}/components?type=org.keycloak.storage.UserStorageProvider`;
  const [federation] = await adminApi(stack).get<Federation[]>(path);
  if (federation === undefined) throw new Error(`realm ${realm} has no federation`);
  return federation;
}

/**
 * Does something while a realm's federation has other settings than the stack gave it, by Keycloak's names; then it has
 * its own again.
 */
export async function withFederation<T>(
  stack: SharedStack,
  realm: string,
  settings: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const api = adminApi(stack);
  const federation = await federationOf(stack, realm);
  const path = `/${realm}/components/${federation.id}`;
  const other = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, [value]]));
  await api.put(path, { ...federation, config: { ...federation.config, ...other } });
  try {
    return await work();
  } finally {
    await api.put(path, federation);
  }
}
