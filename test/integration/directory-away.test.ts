import { Naming } from "../../components/host/naming.ts";
import { eventually } from "../eventually.ts";
import { run, up } from "../stack/commands.ts";
import { docker, untilHealthy } from "../stack/containers.ts";
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
  const api = adminApi(stack);
  const id = await newPerson(api, REALM, USER);
  const login = await grantByPassword(stack, REALM, USER, PASSWORD);
  // Once that is noted, Keycloak reads the account again.
  await eventually("Keycloak knows of the login", async () => {
    const { attributes } = await api.get<{ attributes?: { lastLogin?: string[] } }>(`/${REALM}/users/${id}`);
    return attributes?.lastLogin;
  });
  ({ refreshToken } = await grantByRefresh(stack, REALM, login.refreshToken));
  docker("stop", CONTAINER);
});

afterAll(async () => {
  docker("start", CONTAINER);
  await untilHealthy(CONTAINER);
  expect(await byPassword()).toBe(200);
});

test("nobody logs in by password; whoever is in the middle of something stays logged in", async () => {
  expect(await byPassword()).not.toBe(200);
  expect((await grantByRefresh(stack, REALM, refreshToken)).status).toBe(200);
});

test("a sync says that it cannot", () => {
  const { status, error } = run(["automation/sync.ts", stack.name], stack);
  expect(status).toBe(1);
  expect(error).toMatch(
    /^error: realm community: Keycloak cannot log in to ldaps:\/\/openldap:1636 as cn=keycloak,/,
  );
});

test("an up says so", () => {
  const { status, error } = up(stack);
  expect(status).toBe(1);
  expect(error).toMatch(
    /^error: realm community is not what was asked for; .*\n  federation ldap: .* cannot log in to ldaps:\/\/openldap:1636 as/,
  );
});
