import { Naming } from "../../components/host/naming.ts";
import { docker, untilHealthy } from "./containers.ts";
import type { Throwaway } from "./throwaway.ts";

/**
 * Has Keycloak lose its whole database, and start on an empty one.
 *
 * @param meanwhile what to do while it is down
 */
export async function loseDatabase(
  stack: Throwaway,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const naming = new Naming(stack.name);
  const keycloak = naming.of("keycloak");
  docker("stop", keycloak);
  await meanwhile();
  const forget = ["psql", "--quiet", "keycloak", "--command", "DROP OWNED BY keycloak CASCADE"];
  docker("exec", "--user", "postgres", naming.of("postgres"), ...forget);
  docker("start", keycloak);
  await untilHealthy(keycloak);
}
