import { eventually } from "../eventually.ts";
import { formOf, textOf, Visitor } from "../stack/visitor.ts";
import { grantByPassword } from "../stack/grant.ts";
import { type AdminApi, adminApi } from "../stack/keycloak.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { sharedStack } from "../stack/shared.ts";
import { loginUrl } from "../stack/authorization.ts";

const stack = sharedStack();
const REALM = "community";
const REFUSED = "Invalid username or password.";

/** Someone whose password is guessed, someone else, someone labelled as spam, and a name that nobody has. */
const [VICTOR, WANDA, SPAMMER, NOBODY] = ["victor", "wanda", "spammer", "nemo"] as const;

let api: AdminApi;
const ids: Record<string, string> = {};

beforeAll(async () => {
  api = adminApi(stack);
  for (const name of [VICTOR, WANDA, SPAMMER]) ids[name] = await newPerson(api, REALM, name);
  const user = await api.get<{ attributes?: object }>(`/${REALM}/users/${ids[SPAMMER]}`);
  await api.put(`/${REALM}/users/${ids[SPAMMER]}`, {
    ...user,
    attributes: { ...user.attributes, spam: ["sells watches"] },
  });
});

/** What a person reads after a login: the console, or why not. */
async function logIn(username: string, password: string): Promise<{ status: number; text: string }> {
  const { page, status } = await new Visitor(stack).signIn(loginUrl(stack, REALM), username, password);
  return { status, text: textOf(page).replaceAll(username, "NAME") };
}

/** Where the failures of an account are, which Keycloak counts beside the login, so after a moment. */
const failuresOf = (username: string): string =>
  `/${REALM}/attack-detection/brute-force/users/${ids[username]}`;

async function forgive(username: string): Promise<void> {
  await api.delete(failuresOf(username));
}

test("wrong passwords lock an account for a while, and no other", async () => {
  expect((await logIn(VICTOR, PASSWORD)).text).not.toContain(REFUSED); // control
  for (let guess = 0; guess < 11; guess++) {
    expect((await logIn(VICTOR, `wrong ${guess}`)).text).toContain(REFUSED);
  }
  expect((await logIn(VICTOR, PASSWORD)).text).toContain(REFUSED);
  expect((await logIn(WANDA, PASSWORD)).text).not.toContain(REFUSED);

  await forgive(VICTOR);
  expect((await logIn(VICTOR, PASSWORD)).text).not.toContain(REFUSED);
});

describe("whoever does not have the password learns nothing of the account", () => {
  test("from the login page: unknown, known, locked and labelled names get the same answer", async () => {
    const answers = [
      await logIn(NOBODY, "wrong"),
      await logIn(WANDA, "wrong"),
      await logIn(SPAMMER, "wrong"),
    ];
    await eventually(`${WANDA} is locked`, async () => {
      answers.push(await logIn(WANDA, "wrong"));
      return (await api.get<{ disabled: boolean }>(failuresOf(WANDA))).disabled;
    });
    answers.push(await logIn(WANDA, "wrong"));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.text).toContain(REFUSED);
    await forgive(WANDA);
    // Control: with the right password there is more to read.
    expect((await logIn(SPAMMER, PASSWORD)).text).not.toBe(answers[0]?.text);
  });

  test("from the password grant", async () => {
    const ask = async (username: string): Promise<string> => {
      const { status, text } = await grantByPassword(stack, REALM, username, "wrong");
      return `${status} ${text}`;
    };
    expect(await ask(WANDA)).toBe(await ask(NOBODY));
    expect(await ask(SPAMMER)).toBe(await ask(NOBODY));
    await forgive(WANDA);
  });

  test("from the page for a forgotten password", async () => {
    const ask = async (username: string): Promise<{ status: number; text: string }> => {
      const visitor = new Visitor(stack);
      const { action, fields } = formOf(await visitor.open(loginUrl(stack, REALM, "forgot-credentials")));
      const { page, status } = await visitor.submit({ action, fields: { ...fields, username } });
      return { status, text: textOf(page).replaceAll(username, "NAME") };
    };
    const unknown = await ask(NOBODY);
    expect(unknown.text).toContain("You should receive an email shortly");
    expect(await ask(WANDA)).toEqual(unknown);
    expect(await ask(`${WANDA}@people.test`)).toEqual(unknown);
  });

  test("from the time that an answer takes", async () => {
    const times: Record<string, number[]> = { [WANDA]: [], [NOBODY]: [] };
    for (let tries = 0; tries < 15; tries++) {
      for (const name of [WANDA, NOBODY]) {
        const visitor = new Visitor(stack);
        const { action, fields } = formOf(await visitor.open(loginUrl(stack, REALM)));
        const start = performance.now();
        await visitor.submit({ action, fields: { ...fields, username: name, password: "wrong" } });
        times[name]?.push(performance.now() - start);
      }
      await forgive(WANDA);
    }
    const median = (name: string): number => times[name]?.sort((a, b) => a - b)[7] ?? Number.NaN;
    expect(median(WANDA) / median(NOBODY)).toBeLessThan(2);
    expect(median(NOBODY) / median(WANDA)).toBeLessThan(2);
  });
});
