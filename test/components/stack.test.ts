import { parseSettings } from "../../components/settings/parse.ts";
import { SsoStack } from "../../components/stack.ts";
import { type Recorded, recordResources, settled } from "./recorder.ts";

const recorded = recordResources("test");

beforeAll(async () => {
  const settings = parseSettings("test", {
    domain: "id.test.example",
    host: { bindAddress: "127.9.9.9", adminAddress: "127.9.9.9" },
    openldap: { suffix: "dc=test,dc=example" },
    realms: [
      { kind: "directory", name: "community", displayName: "Community" },
      {
        kind: "broker",
        name: "developers",
        displayName: "Developers",
        identityProviders: [
          { kind: "github", alias: "github", clientId: "github-client" },
          {
            kind: "saml",
            alias: "university",
            entityId: "https://idp.example.edu/saml",
            singleSignOnUrl: "https://idp.example.edu/saml/sso",
            signingCertificate: "A".repeat(120),
            claims: { affiliation: "eduPersonAffiliation" },
          },
          { kind: "ubuntuone", teams: ["builders"] },
          { kind: "openid2", alias: "openid" },
        ],
      },
    ],
    secrets: { developers: { github: "given-by-github" } },
  });
  new SsoStack("test", settings);
  await settled();
});

function ofType(type: string): Recorded[] {
  return recorded.filter((resource) => resource.type === type);
}

const containers = (): Recorded[] => ofType("docker:index/container:Container");
const services = (): Recorded[] => containers().filter(({ name }) => name.endsWith("-server-container"));

test("the whole list of what a stack is made of", () => {
  expect(recorded.map(({ type, name }) => `${type} ${name}`).sort()).toMatchSnapshot();
});

test("what each resource is asked to be", () => {
  const byName = [...recorded].sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
  const text = JSON.stringify(byName.map(({ name, inputs }) => ({ name, inputs })));
  // Image tags and themes' addresses carry a hash of their files, which are not of interest here.
  const masked = text
    .replaceAll(/(sso-test\/[a-z-]+):[0-9a-f]{12}/g, "$1:HASH")
    .replaceAll(/\?v=[0-9a-f]{8}/g, "?v=HASH");
  expect(JSON.parse(masked)).toMatchSnapshot();
});

test("every service runs hardened", () => {
  expect(services()).toHaveLength(6);
  for (const { name, inputs } of services()) {
    // Postfix's master starts daemons as other users, and ends them.
    const isPostfix = name === "mail-sink-server-container";
    expect(inputs).toMatchObject({
      readOnly: true,
      capabilities: isPostfix
        ? { drops: ["ALL"], adds: ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"] }
        : { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      restart: "unless-stopped",
      wait: true,
      logOpts: { "max-size": "10m", "max-file": "3" },
    });
    expect(inputs.memory).toBe(inputs.memorySwap);
    expect(inputs.user).toMatch(isPostfix ? /^0:0$/ : /^70\d0:70\d0$/);
    expect(inputs.image).toMatch(/^sha256:/);
    expect(inputs.healthcheck).toBeDefined();
  }
});

test("no service shares its user with another", () => {
  expect(new Set(services().map(({ inputs }) => inputs.user)).size).toBe(services().length);
});

test("no container gets a secret in its environment or command", () => {
  for (const { inputs } of containers()) {
    expect(JSON.stringify([inputs.envs, inputs.command, inputs.entrypoints, inputs.labels])).not.toContain(
      "made-for-",
    );
  }
});

test("only nginx publishes on the bind address, and administration ports stay on the loopback", () => {
  const ports = services().flatMap(({ name, inputs }) =>
    (inputs.ports as { ip: string; external: number }[]).map(
      ({ ip, external }) => `${name} ${ip}:${external}`,
    ),
  );
  expect(ports.sort()).toEqual([
    "keycloak-server-container 127.9.9.9:18443",
    "nginx-server-container 127.9.9.9:443",
    "nginx-server-container 127.9.9.9:80",
    "postgres-server-container 127.9.9.9:15432",
  ]);
});

test("the data network has no way out, and what joins it has no other but the admin network", () => {
  const data = ofType("docker:index/network:Network").find(({ inputs }) => inputs.name === "sso-test-data");
  expect(data?.inputs.internal).toBe(true);
  const joined = Object.fromEntries(
    services().map(({ name, inputs }) => [
      name,
      (inputs.networksAdvanced as { name: string }[]).map((network) => network.name),
    ]),
  );
  expect(joined["postgres-server-container"]).toEqual(["sso-test-data", "sso-test-admin"]);
  expect(joined["openldap-server-container"]).toEqual(["sso-test-data"]);
});

test("the names of everything on the host begin with the stack's", () => {
  const named = recorded.filter(({ type }) => type.startsWith("docker:index/"));
  for (const { inputs } of named) expect(inputs.name).toMatch(/^sso-test[-/]/);
});
