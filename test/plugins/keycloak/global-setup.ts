import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { untilServing } from "../../stack/containers.ts";
import teardown, { CONTAINER_VARIABLE } from "./global-teardown.ts";

const IMAGE = "sso-test/keycloak";
const READY_TIMEOUT_MS = 180_000;

function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, { encoding: "utf8" }).trim();
}

/** Starts the Keycloak that the tests of its plugin share; it keeps everything in its own container. */
export default async function setup(): Promise<void> {
  docker("build", "--quiet", "--tag", IMAGE, join(__dirname, "../images/keycloak"));
  const name = `kc-test-${process.pid}-${randomBytes(3).toString("hex")}`;
  const secret = randomBytes(24).toString("hex");
  docker(
    ...["run", "--detach", "--name", name, "--publish", "127.0.0.1::8080"],
    ...["--env", "KC_BOOTSTRAP_ADMIN_CLIENT_ID=test", "--env", `KC_BOOTSTRAP_ADMIN_CLIENT_SECRET=${secret}`],
    ...[IMAGE, "start-dev", "--db=dev-file", "--http-host=0.0.0.0"],
  );
  process.env[CONTAINER_VARIABLE] = name;
  const published = docker("port", name, "8080/tcp");
  const url = `http://127.0.0.1:${published.slice(published.lastIndexOf(":") + 1)}`;
  try {
    await untilServing(name, () => ask(`${url}/realms/master`), { withinMs: READY_TIMEOUT_MS });
  } catch (error) {
    teardown(); // jest calls it only after a set-up that succeeded
    throw error;
  }
  process.env.SSO_TEST_KEYCLOAK_URL = url;
  process.env.SSO_TEST_KEYCLOAK_CLIENT_ID = "test";
  process.env.SSO_TEST_KEYCLOAK_CLIENT_SECRET = secret;
}

/** Fails while nothing answers well there. */
async function ask(url: string): Promise<void> {
  const { ok, status } = await fetch(url);
  if (!ok) throw new Error(`${url}: ${status}`);
}
