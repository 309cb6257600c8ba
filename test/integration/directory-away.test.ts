import { execFileSync } from "node:child_process";
import { Naming } from "../../components/host/naming.ts";
import { run, up } from "../stack/commands.ts";
import { untilHealthy } from "../stack/containers.ts";
import { grantByPassword, grantByRefresh } from "../stack/grant.ts";
import { adminApi } from "../stack/keycloak.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const REALM = "community";
const USER = "waldo";
const CONTAINER = new Naming(stack.name).of("openldap");

const byPassword = async (): Promise<number> => (await grantByPassword(stack, REALM, USER, PASSWORD)).status;

let refreshToken: string;
beforeAll(async () => {
  await newPerson(adminApi(stack), REALM, USER);
  ({ refreshToken } = await grantByPassword(stack, REALM, USER, PASSWORD));
  execFileSync("docker", ["stop", CONTAINER]);
});

afterAll(async () => {
  execFileSync("docker", ["start", CONTAINER]);
  await untilHealthy(CONTAINER);
  expect(await byPassword()).toBe(200);
});

test("nobody logs in by password; whoever is logged in stays so", async () => {
  expect(await byPassword()).not.toBe(200);
  expect((await grantByRefresh(stack, REALM, refreshToken)).status).toBe(200);
});

test("a sync says why it did nothing", () => {
  const { status, error } = run("automation/sync.ts", stack);
  expect(status).toBe(1);
  expect(error).toMatch(/^error: realm community: Keycloak could not sync/);
});

test("an up goes on without it", () => {
  expect(up(stack)).toEqual({ status: 0, error: "" });
});
