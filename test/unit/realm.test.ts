import { contentSecurityPolicy } from "../../components/realm/policy.ts";
import { registrationSteps } from "../../components/realm/registration.ts";
import { LOCAL_PART, outside } from "../../components/realm/user-profile.ts";
import { differences, type Expectation } from "../../components/realm/verification.ts";

describe("addresses under the alias domain", () => {
  // Java's pattern, but for the inline flag, which JavaScript has as an argument.
  const pattern = new RegExp(outside("people.example.org").replace("(?i)", ""), "i");

  test.each(["ada@example.org", "ada@x.people.example.org.net", "ada@peopleXexample.org"])(
    "%s is outside",
    (address) => {
      expect(address).toMatch(pattern);
    },
  );

  test.each(["ada@people.example.org", "ADA@People.Example.Org"])("%s is not", (address) => {
    expect(address).not.toMatch(pattern);
  });
});

describe("user names that aliases are built on", () => {
  test.each(["ada", "ada.lovelace", "a-b_c.d", "7of9", "postmaster2", "not.abuse"])("%s is one", (name) => {
    expect(name).toMatch(new RegExp(LOCAL_PART));
  });

  test.each(["ada.", "a..b", ".ada", "_ada", "Ada", "ada lovelace", "ada+x", "abuse", "postmaster"])(
    "%s is not",
    (name) => {
      expect(name).not.toMatch(new RegExp(LOCAL_PART));
    },
  );
});

describe("content security policy", () => {
  test("is Keycloak's own, and frames a captcha only where there is one", () => {
    expect(contentSecurityPolicy()).toBe("frame-src 'self'; frame-ancestors 'self'; object-src 'none';");
    expect(contentSecurityPolicy(["https://www.google.com/recaptcha/"])).toBe(
      "frame-src 'self' https://www.google.com/recaptcha/; frame-ancestors 'self'; object-src 'none';",
    );
  });
});

describe("registration", () => {
  const stepsOf = (steps: ReturnType<typeof registrationSteps>): string[] =>
    steps.flatMap(({ steps: inner }) => inner?.map(({ authenticator }) => authenticator ?? "") ?? []);

  test("asks for a captcha only where one is set, and keeps its secret apart", () => {
    expect(stepsOf(registrationSteps(undefined, undefined))).toEqual([
      "registration-user-creation",
      "registration-password-action",
    ]);
    const v2 = registrationSteps({ version: "v2", siteKey: "site" }, "hush");
    expect(stepsOf(v2)).toContain("registration-recaptcha-action");
    const v3 = registrationSteps({ version: "v3", siteKey: "site", leastScore: 0.7 }, "hush");
    expect(v3[0]?.steps?.at(-1)).toMatchObject({
      authenticator: "sso-scored-recaptcha-action",
      config: { "recaptcha.v3": "true", "score.least": "0.7" },
      secret: { key: "secret.key", value: "hush" },
    });
  });
});

describe("what is read back after an update", () => {
  const client = undefined as never; // the expectations below do not ask
  const expectation = (found: object | undefined): Expectation => ({
    of: "identity provider github",
    read: () => Promise.resolve(found),
    values: { trustEmail: false, "config.validateSignature": "true" },
  });

  test("a list may come in another order, and the name of an attribute may have dots", async () => {
    const read = (): Promise<object> =>
      Promise.resolve({ redirectUris: ["b", "a"], attributes: { "pkce.method": "plain" } });
    const values = { redirectUris: ["a", "b"], "attributes.pkce.method": "S256" };
    await expect(differences({ of: "client app", read, values }, client, "r")).resolves.toEqual([
      'client app: attributes.pkce.method should be "S256", the server says "plain"',
    ]);
  });

  test("is silent when it is as asked for", async () => {
    const found = { trustEmail: false, config: { validateSignature: "true", more: "x" } };
    await expect(differences(expectation(found), client, "r")).resolves.toEqual([]);
  });

  test("names each difference, and what is gone", async () => {
    await expect(differences(expectation({ trustEmail: true }), client, "r")).resolves.toEqual([
      "identity provider github: trustEmail should be false, the server says true",
      'identity provider github: config.validateSignature should be "true", the server says undefined',
    ]);
    await expect(differences(expectation(undefined), client, "r")).resolves.toEqual([
      "identity provider github: it is not there",
    ]);
  });
});
