import { connectAdmin } from "../components/keycloak/admin-client.ts";
import type { StackView } from "./outputs.ts";
import { directoryRealms } from "./sync-realm.ts";

/** When Keycloak last read the accounts of each directory realm; `undefined` where it never has. */
export async function lastSyncs(view: StackView): Promise<Readonly<Record<string, Date | undefined>>> {
  const client = await connectAdmin(view.admin, view.caCertificate);
  const realms = directoryRealms(view).map(async (realm): Promise<[string, Date | undefined]> => {
    const id = view.realms[realm]?.federationId ?? "";
    const { config } = (await client.components.findOne({ realm, id })) ?? {};
    const [seconds] = (config as { lastSync?: string[] } | undefined)?.lastSync ?? [];
    return [realm, Number(seconds ?? 0) > 0 ? new Date(Number(seconds) * 1000) : undefined];
  });
  return Object.fromEntries(await Promise.all(realms));
}
