import { parseSettings } from "../../components/settings/parse.ts";
import { SsoStack } from "../../components/stack.ts";
import { type Recorded, recordResources, settled } from "./recorder.ts";

const recorded = recordResources("test");

/** A stack that leaves out everything but DNS. */
function stackWith(dns: object): SsoStack {
  const settings = parseSettings("test", {
    domain: "id.test.example",
    host: { bindAddress: "127.9.9.9", adminAddress: "127.9.9.9" },
    openldap: { suffix: "dc=test,dc=example" },
    realms: [
      { kind: "directory", name: "community", displayName: "Community", aliasDomain: "alias.test.example" },
    ],
    dns: { zones: ["test.example"], ...dns },
    secrets: { dns: { [KEY]: "Z2l2ZW4gYnkgdGhlIG9wZXJhdG9y" } },
  });
  return new SsoStack("test", settings);
}

const KEY = "ns2";
const KNOT = {
  kind: "knot",
  nameServers: [{ name: "ns1.test.example", addresses: ["192.0.2.1"] }],
  secondaries: [{ address: "198.51.100.7", key: { name: KEY } }],
};

const stack = stackWith(KNOT);
beforeAll(settled);

function inputsOf(name: string): Recorded["inputs"] {
  const found = recorded.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`no resource ${name}`);
  return found.inputs;
}

test("what DNS adds to a stack", () => {
  const names = recorded.map(({ type, name }) => `${type} ${name}`);
  expect(names.filter((name) => /knot|dns/i.test(name)).sort()).toMatchSnapshot();
});

test("Knot runs hardened, on port 53 of the bind address, and reaches nothing inside", () => {
  const { mounts, ports, networksAdvanced, ...inputs } = inputsOf("knot-server-container");
  expect(inputs).toMatchObject({ user: "7080:7080", readOnly: true, capabilities: { drops: ["ALL"] } });
  expect(mounts).toEqual([
    expect.objectContaining({ target: "/etc/sso", readOnly: true }),
    expect.objectContaining({ target: "/var/lib/knot", source: "sso-test-knot-data" }),
  ]);
  expect(ports).toEqual(
    ["tcp", "udp"].map((protocol) => ({ ip: "127.9.9.9", external: 53, internal: 1053, protocol })),
  );
  expect(networksAdvanced).toEqual([{ name: "sso-test-edge", aliases: ["knot"] }]);
});

/** By this Pulumi marks a secret value. */
const SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270";

test("keys reach containers as files alone, which are secret in the state", () => {
  const containers = recorded.filter(({ type }) => type === "docker:index/container:Container");
  for (const { inputs } of containers) {
    expect(JSON.stringify({ ...inputs, uploads: [] })).not.toContain("Z2l2ZW4gYnkgdGhlIG9wZXJhdG9y");
  }
  for (const name of ["knot-config-loader-container", "dns-update-container"])
    expect(JSON.stringify(inputsOf(name).uploads)).toContain(SECRET_MARK);
});

test("records change nothing about Knot's own files", () => {
  const { uploads } = inputsOf("knot-config-loader-container");
  expect(JSON.stringify(uploads)).not.toContain("alias.test.example");
});

test("the outputs hold every record", async () => {
  const { promise, resolve } = Promise.withResolvers<Readonly<Record<string, string>>>();
  stack.outputs.dns?.apply(({ zones }) => {
    resolve(zones);
  });
  expect((await promise)["test.example"]).toContain("id\t3600\tIN\tA\t127.9.9.9\n");
});
