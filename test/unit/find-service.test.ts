import { allServices, findService } from "../../automation/find-service.ts";
import { beginRotation, finishRotation } from "../../automation/rotate-service.ts";
import { serviceTable } from "../../automation/service-text.ts";
import { parseSettings } from "../../components/settings/parse.ts";

const git = { preset: "gitea", name: "git", url: "https://git.example.org" };
const page = {
  preset: "oidc",
  name: "page",
  url: "https://page.example.org",
  redirectUris: ["https://page.example.org/callback"],
  access: "public",
};
const identityProviders = [{ kind: "github", alias: "github", clientId: "community" }];

const settings = parseSettings("dev", {
  domain: "id.example-id.org",
  host: { bindAddress: "127.0.0.1" },
  realms: [
    {
      kind: "broker",
      name: "people",
      displayName: "People",
      identityProviders,
      services: [git, page, { preset: "zanata", name: "translate", url: "https://translate.example.org" }],
    },
    {
      kind: "broker",
      name: "robots",
      displayName: "Robots",
      identityProviders,
      services: [{ ...git, generations: [3, 4] }],
    },
  ],
  secrets: { people: { github: "given" }, robots: { github: "given" } },
});

const stack = { name: "dev" } as never; // refused before it is asked

describe("the service of a name", () => {
  test("is found with its place in the stack file", () => {
    expect(findService(settings, "page").path).toBe("sso:realms[0].services[1]");
    expect(findService(settings, "git", "robots").path).toBe("sso:realms[1].services[0]");
  });

  test("needs a realm where two have it", () => {
    expect(() => findService(settings, "git")).toThrow(
      "service git is in realms people, robots: say which by --realm REALM",
    );
  });

  test("that there is not is answered with those there are", () => {
    expect(() => findService(settings, "page", "robots")).toThrow("no service page; there are git");
    expect(() => findService(settings, "git", "nobody")).toThrow("no service git; there is none");
  });
});

test("a table of services says which secret is being rotated", () => {
  const [header, first, , , last] = serviceTable(allServices(settings)).split("\n");
  expect(header).toMatch(/^REALM +NAME +PRESET +PROTOCOL +URL/);
  expect(first).toMatch(/^people +git +gitea +openid-connect +https:\/\/git\.example\.org\s*$/);
  expect(last).toMatch(/^robots +git .*secret is being rotated$/);
});

describe("a rotation is refused", () => {
  test.each([
    ["page", "service page has no secret to rotate"],
    ["translate", "service translate has no secret to rotate"],
  ])("of %s, which has no secret", async (name, message) => {
    await expect(beginRotation(stack, findService(settings, name), [name])).rejects.toThrow(message);
  });

  test("while one is under way, with the commands that go on", async () => {
    await expect(
      beginRotation(stack, findService(settings, "git", "robots"), ["git.3", "git.4"]),
    ).rejects.toThrow(
      "service git is being rotated already; its new login: npm run services -- show git dev --realm robots --secret\n" +
        "Once it uses that, run: npm run services -- rotate git dev --realm robots --finish",
    );
  });

  test("to end while none is under way", async () => {
    await expect(finishRotation(stack, findService(settings, "git", "people"), ["git"])).rejects.toThrow(
      "service git is not being rotated; run: npm run services -- rotate git dev --realm people",
    );
  });
});
