import { textOf, Visitor } from "../stack/visitor.ts";
import { loginUrl } from "../stack/authorization.ts";
import { run } from "../stack/commands.ts";
import { valuesOf } from "../stack/directory.ts";
import { adminApi } from "../stack/keycloak.ts";
import { loseDatabase } from "../stack/lost-database.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { openShared, sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const REALM = "community";
const USER = "lazarus";

/** The drill of the operator guide: Keycloak's database is lost, the directory is not. */
test("a Keycloak that has lost everything is filled again from stack file and directory", async () => {
  const api = adminApi(stack);
  await newPerson(api, REALM, USER);
  const alias = valuesOf(stack, USER, "ssoMailAlias");

  await loseDatabase(stack, async () => {
    const { page } = await new Visitor(stack).open(loginUrl(stack, REALM));
    expect(textOf(page)).toContain("Back in a moment");
  });
  await expect(api.get(`/${REALM}`)).rejects.toThrow("404"); // control: it is all gone

  const opened = await openShared();
  await opened.up({ refresh: true });
  expect(run(["automation/sync.ts", stack.name], stack).output).toMatch(
    /^realm community: [1-9]\d* imported users/,
  );
  expect(Object.keys((await opened.preview()).changeSummary)).toEqual(["same"]);

  const [account] = await api.get<object[]>(`/${REALM}/users?exact=true&username=${USER}`);
  expect(account).toMatchObject({ attributes: { alias } });
  const { page } = await new Visitor(stack).signIn(loginUrl(stack, REALM), USER, PASSWORD);
  expect(textOf(page)).not.toContain("Invalid username or password.");
});
