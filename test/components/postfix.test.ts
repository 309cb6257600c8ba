import * as pulumi from "@pulumi/pulumi";
import { Naming } from "../../components/host/naming.ts";
import { Segments } from "../../components/host/segments.ts";
import { Postfix, publicKeyIn } from "../../components/postfix/postfix.ts";
import { type Recorded, recordResources, settled } from "./recorder.ts";

const recorded = recordResources("test");
let postfix: Postfix;

beforeAll(async () => {
  const naming = new Naming("test");
  const tls = { volumeName: pulumi.output("tls"), revision: pulumi.output("1") };
  postfix = new Postfix("postfix", {
    ...{ naming, tls, imageId: "sha256:postfix", segments: new Segments("segments", { naming }) },
    hostname: "mx.test.example",
    aliasDomains: ["alias.test.example"],
    postmaster: "operators@test.example",
    domain: "id.test.example",
    senderDomains: ["id.test.example"],
    signedDomains: ["id.test.example", "mx.test.example"],
    directory: {
      url: "ldaps://openldap:1636",
      baseDn: "dc=test,dc=example",
      bindDn: "cn=postfix,ou=system,dc=test,dc=example",
      bindPassword: pulumi.secret("canary-ldap"),
    },
    smarthost: {
      host: "smtp.test.example",
      port: 587,
      login: { username: "relay", password: "canary-smtp" },
    },
    senderNetworks: ["192.0.2.0/24"],
    bindAddresses: ["127.9.9.9"],
    port: 25,
  });
  await settled();
});

function only(name: string): Recorded {
  const found = recorded.filter((resource) => resource.name === name);
  expect(found).toHaveLength(1);
  return found[0] ?? { type: "", name: "", inputs: {} };
}

test("the whole list of what it is made of", () => {
  const own = recorded.filter(({ name }) => name.startsWith("postfix"));
  expect(own.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    "docker:index/container:Container postfix-config-loader-container",
    "docker:index/container:Container postfix-dkim-key-container",
    "docker:index/container:Container postfix-server-container",
    "docker:index/volume:Volume postfix-config-volume",
    "docker:index/volume:Volume postfix-dkim",
    "docker:index/volume:Volume postfix-queue",
    "random:index/randomPassword:RandomPassword postfix-keycloak",
    "random:index/randomPassword:RandomPassword postfix-srs",
    "sso:host:ConfigVolume postfix-config",
    "sso:host:Job postfix-config-loader",
    "sso:host:Job postfix-dkim-key",
    "sso:host:ServiceContainer postfix-server",
    "sso:postfix:Postfix postfix",
  ]);
});

test("the server is root with three capabilities, on a read-only root, and publishes port 25 only", () => {
  expect(only("postfix-server-container").inputs).toMatchObject({
    user: "0:0",
    readOnly: true,
    capabilities: { drops: ["ALL"], adds: ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"] },
    securityOpts: ["no-new-privileges:true"],
    ports: [{ ip: "127.9.9.9", external: 25, internal: 1025, protocol: "tcp" }],
  });
});

test("queue and key outlive the server", () => {
  const { mounts } = only("postfix-server-container").inputs as {
    mounts: { source: string; target: string }[];
  };
  expect(mounts).toContainEqual(
    expect.objectContaining({
      source: "sso-test-postfix-queue",
      target: "/var/spool/postfix",
      readOnly: false,
    }),
  );
  expect(mounts).toContainEqual(
    expect.objectContaining({ source: "sso-test-postfix-dkim", target: "/var/lib/dkim" }),
  );
});

test("no secret stands in what is not marked as one", () => {
  const marked = "1b47061264138c4ac30d75fd1eb44270"; // Pulumi's signature of a secret
  const plain = JSON.stringify(recorded, (_, value: unknown) =>
    typeof value === "object" && value !== null && Object.values(value).includes(marked) ? "secret" : value,
  );
  expect(JSON.stringify(recorded)).toContain("canary-smtp"); // positive control
  expect(plain).not.toMatch(/canary-(ldap|smtp)|made-for-postfix/);
});

test("a service submits with an account of its own", async () => {
  const { host, port, login } = postfix.endpointFor("keycloak");
  expect({ host, port, username: login?.username }).toEqual({
    host: "postfix",
    port: 1587,
    username: "keycloak",
  });
  expect(await pulumi.isSecret(pulumi.output(login?.password))).toBe(true);
});

test("the key for DNS is the public one of the log", () => {
  const pem = "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n";
  expect(publicKeyIn(`noise\n${pem}more`)).toBe(pem);
  expect(() => publicKeyIn("chown: no")).toThrow("dkim-key ended without a public key; its log: chown: no");
});

test("too little memory is refused", () => {
  const args = { memoryMiB: 64 } as unknown as ConstructorParameters<typeof Postfix>[1];
  expect(() => new Postfix("small", { ...args, naming: new Naming("test") })).toThrow(
    "memoryMiB must be 128 or more, got 64",
  );
});
