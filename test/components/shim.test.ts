import { parseSettings } from "../../components/settings/parse.ts";
import { SsoStack } from "../../components/stack.ts";
import { recordResources, settled } from "./recorder.ts";

const recorded = recordResources("test");

test("a stack whose realms have no provider of OpenID has nothing of the shim", async () => {
  const settings = parseSettings("test", {
    domain: "id.test.example",
    host: { bindAddress: "127.9.9.9" },
    realms: [
      {
        kind: "broker",
        name: "developers",
        displayName: "Developers",
        identityProviders: [{ kind: "github", alias: "github", clientId: "github-client" }],
      },
    ],
    secrets: { developers: { github: "given-by-github" } },
  });
  new SsoStack("test", settings);
  await settled();
  expect(recorded.length).toBeGreaterThan(20);
  const text = JSON.stringify(recorded);
  for (const trace of ["simplesamlphp", "/shim/"]) expect(text).not.toContain(trace);
});
