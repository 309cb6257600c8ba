import { execFileSync } from "node:child_process";

/** Names the container that the set-up started. */
export const CONTAINER_VARIABLE = "SSO_TEST_KEYCLOAK_CONTAINER";

export default function teardown(): void {
  const container = process.env[CONTAINER_VARIABLE];
  if (container !== undefined) execFileSync("docker", ["rm", "--force", "--volumes", container]);
}
