import { execFileSync } from "node:child_process";
import { Naming } from "../../components/host/naming.ts";
import { sharedStack } from "../stack/shared.ts";
import { ALIAS_DOMAIN, environmentOf } from "../stack/throwaway.ts";
import { ADA, prepareAda } from "./ada.ts";

const stack = sharedStack();
const REALM = "community";

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

const byPassword = (): ReturnType<typeof grant> => grant({ grant_type: "password", ...ADA });

const byRefresh = (token: string): ReturnType<typeof grant> =>
  grant({ grant_type: "refresh_token", refresh_token: token });

function accounts(...words: string[]): string {
  return execFileSync("node", ["automation/accounts.ts", ...words, "--stack", stack.name], {
    env: { ...process.env, ...environmentOf(stack) },
    encoding: "utf8",
  });
}

/** Ada's entry, as the directory's root sees it. */
function entry(): string {
  const container = new Naming(stack.name).of("openldap");
  const search = ["ldapsearch", "-Q", "-LLL", "-o", "ldif-wrap=no", "(uid=ada)"];
  return execFileSync("docker", ["exec", container, ...search], { encoding: "utf8" });
}

beforeAll(() => prepareAda(stack));

test("a login is noted in the directory, and the account has its alias there", async () => {
  expect(accounts("list", "--never-logged-in")).toMatch(/^ada /m);
  expect((await byPassword()).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 2000)); // it is written once the login is over
  expect(entry()).toMatch(/^ssoLastLogin: \d{14}Z$/m);
  expect(entry()).toMatch(new RegExp(`^ssoMailAlias: ada@${ALIAS_DOMAIN}$`, "m"));
  expect(accounts("list", "--never-logged-in")).not.toMatch(/^ada /m);
});

test("a label ends the account's sessions and its logins, until it is taken away", async () => {
  const first = await byPassword();
  const second = await byRefresh(first.refreshToken); // control: both ways in are open
  expect([first.status, second.status]).toEqual([200, 200]);

  accounts("spam", "ada", "--reason", "sells watches");
  expect(entry()).toMatch(/^ssoSpamLabel: sells watches$/m);
  expect(accounts("list", "--spam", "--csv")).toMatch(/^ada,ada@people\.test,.*,sells watches$/m);
  expect((await byPassword()).status).toBe(400);
  expect((await byRefresh(second.refreshToken)).status).toBe(400);

  accounts("unspam", "ada");
  expect(entry()).not.toContain("ssoSpamLabel");
  expect((await byPassword()).status).toBe(200);
});

test("an unknown account is named, and nothing happens", () => {
  expect(() => accounts("spam", "nobody")).toThrow(/no account nobody in realm community/);
});
