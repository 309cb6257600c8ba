import type * as automation from "@pulumi/pulumi/automation/index.js";
import { execIn } from "./containers.ts";
import type { StackView } from "./outputs.ts";
import { directoryRealms } from "./sync-realm.ts";

/** Keycloak notes its syncs with the provider, in seconds since 1970, but its admin API leaves them out. */
const QUERY = `
select realm.name, max(note.value::bigint)
from component_config note join component on component.id = note.component_id join realm on realm.id = component.realm_id
where note.name like 'lastSync%' group by realm.name`;

/** When Keycloak last read the accounts of each directory realm; `undefined` where it never has. */
export async function lastSyncs(
  stack: automation.Stack,
  view: StackView,
): Promise<Readonly<Record<string, Date | undefined>>> {
  const command = [
    "psql",
    "--no-align",
    "--tuples-only",
    "--field-separator",
    " ",
    "--command",
    QUERY,
    "keycloak",
  ];
  const output = await execIn(stack, "postgres", command);
  const noted = new Map(
    output
      .split("\n")
      .map((line) => line.split(" "))
      .map(([realm = "", seconds]) => [realm, new Date(Number(seconds) * 1000)]),
  );
  return Object.fromEntries(directoryRealms(view).map((realm) => [realm, noted.get(realm)]));
}
