import * as path from "node:path";
import { outputOf } from "../stack/commands.ts";
import { adminApi } from "../stack/keycloak.ts";
import { UBUNTU_ONE } from "../stack/outside.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const api = adminApi(stack);

/** A realm beside the stack's own, which goes as a whole. */
const REALM = "linked";

/** More than one page of users, as Keycloak is asked for them. */
const MANY = 1050;

const user = (username: string, ...providers: readonly string[]) => ({
  username,
  email: `${username}@linked.test`,
  enabled: true,
  federatedIdentities: providers.map((identityProvider) => ({
    identityProvider,
    userId: username,
    userName: username,
  })),
});

beforeAll(async () => {
  const many = Array.from({ length: MANY }, (_, index) => user(`many-${index}`, UBUNTU_ONE));
  await api.post("", {
    realm: REALM,
    identityProviders: [
      { alias: UBUNTU_ONE, providerId: "oidc", enabled: true },
      { alias: "github", providerId: "oidc", enabled: true },
      { alias: "closed", providerId: "oidc", enabled: false },
      { alias: "hidden", providerId: "oidc", enabled: true, hideOnLogin: true },
    ],
    users: [
      ...many,
      user("both", UBUNTU_ONE, "github"),
      user("half", UBUNTU_ONE, "closed"),
      user("hint", UBUNTU_ONE, "hidden"),
      user("github", "github"),
      user("none"),
    ],
  });
});

afterAll(() => api.delete(`/${REALM}`));

/** What the command lists of a realm that the stack itself does not have. */
function onlyLinkedTo(provider: string): string[] {
  const root = path.resolve(import.meta.dirname, "../..");
  const script = `
    import { accountsOnlyLinkedTo } from "${root}/automation/account-list.ts";
    import { sharedStack } from "${root}/test/stack/shared.ts";
    const found = await accountsOnlyLinkedTo(sharedStack().view, "${REALM}", "${provider}");
    console.log(JSON.stringify(found.map(({ username }) => username)));`;
  return JSON.parse(outputOf(["--input-type=module", "--eval", script], stack)) as string[];
}

test("lists who has no other identity to log in by, over more than one page", () => {
  const names = onlyLinkedTo(UBUNTU_ONE);
  expect(names.filter((name) => name.startsWith("many-"))).toHaveLength(MANY);
  // A provider that is switched off, or that the login page leaves out, is none.
  expect(names.filter((name) => !name.startsWith("many-"))).toEqual(["half", "hint"]);
});

test("npm run accounts prints it for people and for scripts, and names the providers there are", () => {
  const accounts = (...words: string[]): string =>
    outputOf(
      ["automation/accounts.ts", "only-linked-to", ...words, "--realm", "developers", "--stack", stack.name],
      stack,
    );
  expect(accounts(UBUNTU_ONE)).toMatch(/^username +email .*\n(?:.*\n)*\d+ accounts\n$/);
  expect(accounts(UBUNTU_ONE, "--csv")).toMatch(/^username,email,created,lastLogin,spam\n/);
  expect(() => accounts("launchpad")).toThrow(
    /no identity provider launchpad in realm developers; it has .*github/,
  );
});
