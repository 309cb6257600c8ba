import { type Arrival, formOf, textOf, Visitor } from "../stack/visitor.ts";
import { addEntry } from "../stack/directory.ts";
import { type Granted, grantByPassword, grantByRefresh } from "../stack/grant.ts";
import { type AdminApi, adminApi } from "../stack/keycloak.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { linkMailedTo } from "../stack/mailbox.ts";
import { sharedStack } from "../stack/shared.ts";
import { ALIAS_DOMAIN } from "../stack/dns.ts";
import { loginUrl } from "../stack/authorization.ts";

/**
 * Accounts that someone prepares with another person's address, to be in them later (Sudhodanan and Paverd,
 * "Pre-hijacked accounts", 2022). Merging by e-mail and providers that verify no address are in e2e/broker.test.ts.
 */
const stack = sharedStack();
const REALM = "community";
const NEW_PASSWORD = "another horse battery 9";

let api: AdminApi;
beforeAll(() => {
  api = adminApi(stack);
});

const byPassword = (username: string, password = PASSWORD): Promise<Granted> =>
  grantByPassword(stack, REALM, username, password);

/** Opens a mailed link, past the page that asks whether one meant to. */
async function follow(visitor: Visitor, link: string): Promise<Arrival> {
  const arrival = await visitor.open(link);
  const [, proceed] = /<a [^>]*href="([^"]*\/login-actions\/action-token[^"]*)"/.exec(arrival.page) ?? [];
  return proceed === undefined ? arrival : visitor.open(proceed.replaceAll("&amp;", "&"));
}

/** Follows a mailed link that leads to a new password, and sets one. */
async function setPassword(visitor: Visitor, link: string): Promise<void> {
  const { action, fields } = formOf(await follow(visitor, link));
  const password = { "password-new": NEW_PASSWORD, "password-confirm": NEW_PASSWORD };
  await visitor.submit({ action, fields: { ...fields, ...password } });
}

/** Registers, with a password too, though the form asks for none. */
async function register(username: string, email: string): Promise<Arrival> {
  const visitor = new Visitor(stack);
  const { action, fields } = formOf(await visitor.open(loginUrl(stack, REALM, "registrations")));
  return visitor.submit({
    action,
    fields: {
      ...fields,
      username,
      email,
      firstName: username,
      lastName: "Tester",
      password: PASSWORD,
      "password-confirm": PASSWORD,
    },
  });
}

async function idOf(username: string): Promise<string> {
  const [user] = await api.get<{ id: string }[]>(`/${REALM}/users?exact=true&username=${username}`);
  if (user === undefined) throw new Error(`no account ${username}`);
  return user.id;
}

async function verified(username: string): Promise<boolean> {
  const user = await api.get<{ emailVerified: boolean }>(`/${REALM}/users/${await idOf(username)}`);
  return user.emailVerified;
}

test("an account made with somebody's address gets its password from that person alone", async () => {
  const page = textOf((await register("trudy", "victim@people.test")).page);
  expect(page).toContain("You need to verify your email address");
  expect((await byPassword("trudy")).status).toBe(400);

  await setPassword(new Visitor(stack), await linkMailedTo("victim@people.test"));
  expect((await byPassword("trudy", NEW_PASSWORD)).status).toBe(200);
  expect((await byPassword("trudy")).status).toBe(400);
});

test("a session that was there before ends when the owner of the address resets the password", async () => {
  await newPerson(api, REALM, "peggy");
  const session = await byPassword("peggy");
  const next = await grantByRefresh(stack, REALM, session.refreshToken);
  expect(next.status).toBe(200); // control

  const owner = new Visitor(stack);
  const { action, fields } = formOf(await owner.open(loginUrl(stack, REALM, "forgot-credentials")));
  await owner.submit({ action, fields: { ...fields, username: "peggy" } });
  await setPassword(owner, await linkMailedTo("peggy@people.test"));
  expect((await byPassword("peggy", NEW_PASSWORD)).status).toBe(200);
  expect((await byPassword("peggy")).status).not.toBe(200);
  expect((await grantByRefresh(stack, REALM, next.refreshToken)).status).toBe(400);
});

test("a link that was mailed to one address does not confirm another that the account has since been given", async () => {
  await register("oscar", "oscar@people.test");
  await register("olivia", "olivia@people.test");
  const oscar = await api.get<object>(`/${REALM}/users/${await idOf("oscar")}`);
  await api.put(`/${REALM}/users/${await idOf("oscar")}`, { ...oscar, email: "elsewhere@people.test" });

  await follow(new Visitor(stack), await linkMailedTo("oscar@people.test"));
  await follow(new Visitor(stack), await linkMailedTo("olivia@people.test")); // control
  expect([await verified("oscar"), await verified("olivia")]).toEqual([false, true]);
});

/** Logs in and asks for another address; gives the page that answers. */
async function askForAddress(visitor: Visitor, username: string, email: string): Promise<string> {
  const url = new URL(loginUrl(stack, REALM));
  url.searchParams.set("kc_action", "UPDATE_EMAIL");
  const { action, fields } = formOf(await visitor.signIn(url, username, PASSWORD));
  return textOf((await visitor.submit({ action, fields: { ...fields, email } })).page);
}

async function emailOf(username: string): Promise<string> {
  return (await api.get<{ email: string }>(`/${REALM}/users/${await idOf(username)}`)).email;
}

test("a person's new address counts when its owner has confirmed it, and not before", async () => {
  await newPerson(api, REALM, "niaj");
  const person = new Visitor(stack);
  expect(await askForAddress(person, "niaj", "niaj@elsewhere.test")).toContain("niaj@elsewhere.test");
  expect(await emailOf("niaj")).toBe("niaj@people.test");
  await follow(person, await linkMailedTo("niaj@elsewhere.test"));
  expect([await emailOf("niaj"), await verified("niaj")]).toEqual(["niaj@elsewhere.test", true]);
});

test("an address that was asked for before the owner took the account back is not taken up any more", async () => {
  await newPerson(api, REALM, "sybil");
  await askForAddress(new Visitor(stack), "sybil", "attacker@elsewhere.test");
  const owner = new Visitor(stack);
  const { action, fields } = formOf(await owner.open(loginUrl(stack, REALM, "forgot-credentials")));
  await owner.submit({ action, fields: { ...fields, username: "sybil" } });
  await setPassword(owner, await linkMailedTo("sybil@people.test"));
  await follow(new Visitor(stack), await linkMailedTo("attacker@elsewhere.test"));
  expect(await emailOf("sybil")).toBe("sybil@people.test");
});

test("nobody gets an account by an address that is taken, or by one of the alias domain", async () => {
  await newPerson(api, REALM, "walther");
  expect(textOf((await register("walther2", "WALTHER@people.test")).page)).toContain("Email already exists");
  expect(textOf((await register("walther3", `walther@${ALIAS_DOMAIN}`)).page)).toContain(
    "An address under the alias domain only passes mail on",
  );
  for (const name of ["walther2", "walther3"]) await expect(idOf(name)).rejects.toThrow(`no account ${name}`);
});

test("nobody gets a name whose alias another account has kept from a former one", async () => {
  addEntry(stack, "wilma", { mail: "wilma@people.test", ssoMailAlias: `former@${ALIAS_DOMAIN}` });
  await grantByPassword(stack, REALM, "wilma", "wrong"); // has Keycloak know of the entry
  expect(textOf((await register("former", "former@people.test")).page)).toContain(
    `This user name is not available: former@${ALIAS_DOMAIN} is the e-mail alias of another account.`,
  );
  await expect(idOf("former")).rejects.toThrow("no account former");
});
