import { outputOf } from "../stack/commands.ts";
import { lastLoginOf, valuesOf } from "../stack/directory.ts";
import { fetchOf } from "../stack/visitor.ts";
import { type Granted, grantByPassword, grantByRefresh } from "../stack/grant.ts";
import { adminApi } from "../stack/keycloak.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { sharedStack } from "../stack/shared.ts";
import { ALIAS_DOMAIN } from "../stack/dns.ts";

const stack = sharedStack();
const REALM = "community";
const USER = "mallory";

const byPassword = (): Promise<Granted> => grantByPassword(stack, REALM, USER, PASSWORD);

const accounts = (...words: string[]): string =>
  outputOf(["automation/accounts.ts", ...words, "--stack", stack.name], stack);

beforeAll(() => newPerson(adminApi(stack), REALM, USER));

test("a login is noted in the directory, and the account has its alias there", async () => {
  expect(accounts("list", "--never-logged-in")).toMatch(new RegExp(`^${USER} `, "m"));
  expect((await byPassword()).status).toBe(200);
  expect(await lastLoginOf(stack, USER)).toMatch(/^\d{14}Z$/);
  expect(valuesOf(stack, USER, "ssoMailAlias")).toEqual([`${USER}@${ALIAS_DOMAIN}`]);
  expect(accounts("list", "--never-logged-in")).not.toMatch(new RegExp(`^${USER} `, "m"));
});

test("a label ends the account's sessions and its logins, until it is taken away", async () => {
  const first = await byPassword();
  const second = await grantByRefresh(stack, REALM, first.refreshToken); // control: both ways in are open
  expect([first.status, second.status]).toEqual([200, 200]);

  accounts("spam", USER, "--reason", "sells watches");
  expect(valuesOf(stack, USER, "ssoSpamLabel")).toEqual(["sells watches"]);
  expect(accounts("list", "--spam", "--csv")).toMatch(
    new RegExp(`^${USER},${USER}@people\\.test,.*,sells watches$`, "m"),
  );
  expect((await byPassword()).status).toBe(400);
  expect((await grantByRefresh(stack, REALM, second.refreshToken)).status).toBe(400);

  accounts("unspam", USER);
  expect(valuesOf(stack, USER, "ssoSpamLabel")).toEqual([]);
  expect((await byPassword()).status).toBe(200);
});

test("a person can change a name, but neither alias, last login nor spam label", async () => {
  const { token } = await grantByPassword(stack, REALM, USER, PASSWORD);
  const account = (init: { method?: string; body?: string } = {}): ReturnType<ReturnType<typeof fetchOf>> =>
    fetchOf(stack)(`https://${stack.domain}/realms/${REALM}/account/`, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    });
  const before = (await (await account()).json()) as { attributes: Record<string, string[]> };
  const save = (change: object): ReturnType<ReturnType<typeof fetchOf>> =>
    account({ method: "POST", body: JSON.stringify({ ...before, ...change }) });
  // Else a login meanwhile, which changes it, would have refused what the account console sends back.
  expect(before.attributes).not.toHaveProperty("lastLogin");
  expect((await save({ firstName: "Malory" })).status).toBe(204); // control
  expect(valuesOf(stack, USER, "givenName")).toEqual(["Malory"]);
  for (const name of ["alias", "lastLogin", "spam"])
    await save({ attributes: { ...before.attributes, [name]: [`${USER}@elsewhere.test`] } });
  expect(valuesOf(stack, USER, "ssoMailAlias")).toEqual([`${USER}@${ALIAS_DOMAIN}`]);
  expect(valuesOf(stack, USER, "ssoLastLogin")).toEqual([expect.stringMatching(/^\d{14}Z$/)]);
  expect(valuesOf(stack, USER, "ssoSpamLabel")).toEqual([]);
});

test("an unknown account is named, and nothing happens", () => {
  expect(() => accounts("spam", "nobody")).toThrow(/no account nobody in realm community/);
});
