import { Naming } from "../components/host/naming.ts";
import { engineAt } from "./engine.ts";
import { UntouchedError } from "./fail.ts";
import { shownBackend } from "./project.ts";
import { settingsWithoutSecrets } from "./stack-settings.ts";

/** Services that every stack has. More of what begins alike may be of a stack whose name goes on. */
const ALWAYS_THERE = ["postgres", "keycloak", "nginx"];

/**
 * Refuses to make a stack anew where its engine has one of its name, which another state knows.
 *
 * @throws {UntouchedError} naming its containers
 */
export async function refuseSecond(stackName: string, engine = engineOf(stackName)): Promise<void> {
  const there = (await engine.docker("ps", "--all", "--format", "{{.Names}}")).split("\n");
  const naming = new Naming(stackName);
  const found = ALWAYS_THERE.map((service) => naming.of(service)).filter((name) => there.includes(name));
  if (found.length === 0) return;
  throw new UntouchedError(
    `${engine.name} has ${found.join(", ")} already, of a stack ${stackName} that the states in ${shownBackend()} ` +
      "do not know; nothing was changed. Set PULUMI_BACKEND_URL to where its state is; or, if that is lost, remove " +
      `what docker ps --all, docker network ls and docker volume ls list there with --filter name=${naming.of("")}`,
  );
}

function engineOf(stackName: string): ReturnType<typeof engineAt> {
  return engineAt(settingsWithoutSecrets(stackName).host.docker);
}
