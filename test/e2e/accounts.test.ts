import { execFileSync } from "node:child_process";
import { valuesOf } from "../stack/directory.ts";
import { type AdminApi, adminApi } from "../stack/keycloak.ts";
import { sharedStack } from "../stack/shared.ts";
import { ALIAS_DOMAIN, environmentOf } from "../stack/throwaway.ts";

const stack = sharedStack();
const REALM = "community";
const PASSWORD = "analytical engine 1843"; // of ada, in components/openldap/seeds/dev.ldif

let api: AdminApi;

/** Grants are asked of Keycloak beside nginx, whose host name this machine does not know. */
async function grant(
  form: Readonly<Record<string, string>>,
): Promise<{ status: number; refreshToken: string }> {
  const response = await fetch(`${stack.view.admin.url}/realms/${REALM}/protocol/openid-connect/token`, {
    method: "POST",
    body: new URLSearchParams({ client_id: "admin-cli", ...form }),
  });
  const { refresh_token = "" } = (await response.json()) as { refresh_token?: string };
  return { status: response.status, refreshToken: refresh_token };
}

const byPassword = (): ReturnType<typeof grant> =>
  grant({ grant_type: "password", username: "ada", password: PASSWORD });

const byRefresh = (token: string): ReturnType<typeof grant> =>
  grant({ grant_type: "refresh_token", refresh_token: token });

function accounts(...words: string[]): string {
  return execFileSync("node", ["automation/accounts.ts", ...words, "--stack", stack.name], {
    env: { ...process.env, ...environmentOf(stack) },
    encoding: "utf8",
  });
}

/** Ada's last login in the directory; it is written once the login is over. */
async function lastLogin(): Promise<string | undefined> {
  for (let tries = 0; tries < 20; tries++) {
    const [found] = valuesOf(stack, "ada", "ssoLastLogin");
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return undefined;
}

beforeAll(async () => {
  api = adminApi(stack);
  const [ada] = await api.get<{ id: string }[]>(`/${REALM}/users?exact=true&username=ada`);
  if (ada === undefined) throw new Error("ada is not in the directory");
  const user = await api.get<object>(`/${REALM}/users/${ada.id}`);
  await api.put(`/${REALM}/users/${ada.id}`, { ...user, emailVerified: true });
});

test("a login is noted in the directory, and the account has its alias there", async () => {
  expect(accounts("list", "--never-logged-in")).toMatch(/^ada /m);
  expect((await byPassword()).status).toBe(200);
  expect(await lastLogin()).toMatch(/^\d{14}Z$/);
  expect(valuesOf(stack, "ada", "ssoMailAlias")).toEqual([`ada@${ALIAS_DOMAIN}`]);
  expect(accounts("list", "--never-logged-in")).not.toMatch(/^ada /m);
});

test("a label ends the account's sessions and its logins, until it is taken away", async () => {
  const first = await byPassword();
  const second = await byRefresh(first.refreshToken); // control: both ways in are open
  expect([first.status, second.status]).toEqual([200, 200]);

  accounts("spam", "ada", "--reason", "sells watches");
  expect(valuesOf(stack, "ada", "ssoSpamLabel")).toEqual(["sells watches"]);
  expect(accounts("list", "--spam", "--csv")).toMatch(/^ada,ada@people\.test,.*,sells watches$/m);
  expect((await byPassword()).status).toBe(400);
  expect((await byRefresh(second.refreshToken)).status).toBe(400);

  accounts("unspam", "ada");
  expect(valuesOf(stack, "ada", "ssoSpamLabel")).toEqual([]);
  expect((await byPassword()).status).toBe(200);
});

test("an unknown account is named, and nothing happens", () => {
  expect(() => accounts("spam", "nobody")).toThrow(/no account nobody in realm community/);
});
