import { parseSettings } from "../../components/settings/parse.ts";
import { SsoStack } from "../../components/stack.ts";
import { recordResources, settled } from "./recorder.ts";

const recorded = recordResources("test");

test.each([
  ["ssh://deploy@host.test", true],
  ["unix:///run/docker.sock", false],
])("the engine at %s: ssh is told what it must not do: %s", async (docker, expected) => {
  recorded.length = 0;
  const settings = parseSettings("test", {
    domain: "id.test.example",
    host: { docker, bindAddress: "192.0.2.1" },
    openldap: { suffix: "dc=test,dc=example" },
    realms: [{ kind: "directory", name: "community", displayName: "Community" }],
  });
  new SsoStack("test", settings);
  await settled();
  const engine = recorded.find(({ type }) => type === "pulumi:providers:docker");
  expect(engine?.inputs.host).toBe(docker);
  const given = engine?.inputs.sshOpts;
  const options = (typeof given === "string" ? JSON.parse(given) : []) as string[];
  for (const option of ["StrictHostKeyChecking=yes", "BatchMode=yes", "ForwardAgent=no"])
    expect(options.includes(option)).toBe(expected);
});
