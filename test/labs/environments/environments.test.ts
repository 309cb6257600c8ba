import { adminApi, type AdminApi } from "../../stack/keycloak.ts";
import { canLogIn, loginUrl } from "../../stack/authorization.ts";
import { newPerson, PASSWORD } from "../../stack/people.ts";
import type { SharedStack } from "../../stack/shared.ts";
import { GITHUB_HOST } from "../../stack/outside.ts";
import { fetchOf, formOf, Visitor } from "../../stack/visitor.ts";
import { eventually } from "../../eventually.ts";
import { Environment, type EnvironmentName } from "./lab.ts";

describe.each<EnvironmentName>(["production", "staging"])("%s", (name) => {
  const environment = new Environment(name);
  let stack: SharedStack;
  let api: AdminApi;

  beforeAll(async () => {
    const opened = await environment.start();
    if (environment.stack === undefined) throw new Error(`${opened.name} is not up`);
    stack = environment.stack;
    api = adminApi(stack);
  }, 600_000);

  afterAll(() => {
    environment.remove();
  });

  test("shows a certificate of the ACME server, for all its public names", async () => {
    const { issuer, names } = await environment.certificate();
    expect(issuer).toMatch(/^Pebble/);
    expect(names).toEqual(
      [
        stack.domain,
        `people.${stack.name}.test`,
        `mx.people.${stack.name}.test`,
        `mta-sts.people.${stack.name}.test`,
      ].sort(),
    );
  });

  test("logs somebody in by password", async () => {
    await newPerson(api, "community", "edith");
    expect(await canLogIn(stack, "community", "edith", PASSWORD)).toBe(true);
    expect(await canLogIn(stack, "community", "edith", "guess")).toBe(false);
  });

  test("lets in whom the outside provider knows, as far as the profile of a new account", async () => {
    const visitor = new Visitor(stack);
    const url = new URL(loginUrl(stack, "developers"));
    url.searchParams.set("kc_idp_hint", "github");
    const { leftFor } = await visitor.open(url);
    expect(leftFor?.hostname).toBe(GITHUB_HOST);
    const outside = fetchOf(stack, [GITHUB_HOST]);
    const page = await (await outside(String(leftFor))).text();
    const [, approve = ""] = /id="octavia" href="([^"]*)"/.exec(page) ?? [];
    const link = new URL(approve.replaceAll("&amp;", "&"), leftFor);
    const back = (await outside(link, { redirect: "manual" })).headers.get("location") ?? "";
    const { fields } = formOf(await visitor.open(back));
    expect(fields).toMatchObject({ username: "octavia", email: "octavia@outside.test" });
  });

  test("mail reaches whom it may, and nobody else", async () => {
    const mailTo = async (address: string): Promise<void> => {
      const username = address.split("@")[0] ?? "";
      const id = await newPerson(api, "community", username);
      await api.put(`/community/users/${id}`, { email: address });
      await api.put(`/community/users/${id}/execute-actions-email`, ["UPDATE_PASSWORD"]);
    };
    await mailTo("stranger@elsewhere.test");
    await mailTo("operator@example.org");
    if (name === "production") {
      await eventually("both at the smarthost", () => environment.delivered().length >= 2);
      expect(environment.delivered().sort()).toEqual(["operator@example.org", "stranger@elsewhere.test"]);
    } else {
      await eventually("mail at the smarthost", () => environment.delivered().length > 0);
      await eventually("mail in the sink", () => environment.sunk().length > 0);
      expect(environment.sunk()).toEqual(["stranger@elsewhere.test"]);
      expect(environment.delivered()).toEqual(["operator@example.org"]);
    }
  });
});
