import { Secret } from "@pulumi/policy";
import { parseSettings } from "../../../components/settings/parse.ts";
import { SsoStack } from "../../../components/stack.ts";
import { textsOf } from "../../../policy/marks.ts";
import { RULES } from "../../../policy/rules.ts";
import { newSecretRules } from "../../../policy/rules/secrets.ts";
import { SERVICES } from "../../../policy/services.ts";
import { recordResources, settled } from "../../components/recorder.ts";

const recorded = recordResources("dev");

beforeAll(async () => {
  const settings = parseSettings("dev", {
    domain: "id.example.org",
    host: { bindAddress: "127.9.9.9", adminAddress: "127.9.9.9" },
    openldap: { suffix: "dc=example,dc=org" },
    certificates: { kind: "given", folder: "/etc/sso/tls" },
    relay: {
      hostname: "mx.example.org",
      postmaster: "operators@example.org",
      senders: { extra: ["192.0.2.0/24"] },
    },
    realms: [
      { kind: "directory", name: "community", displayName: "Community", aliasDomain: "people.example.org" },
      {
        kind: "broker",
        name: "developers",
        displayName: "Developers",
        identityProviders: [{ kind: "openid2", alias: "openid" }],
      },
    ],
    dns: {
      zones: ["example.org"],
      kind: "knot",
      nameServers: [{ name: "ns1.example.org", addresses: ["192.0.2.1"] }],
      secondaries: [],
    },
  });
  new SsoStack("dev", settings);
  await settled();
});

/** How Pulumi writes a value that is marked as secret. */
const MARK = "4dabf18193072939515e22adb298388d";

/** Inputs with something else in the place of each value that is marked. */
function withMarked(value: unknown, become: (marked: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => withMarked(each, become));
  if (typeof value !== "object" || value === null) return value;
  if (MARK in value && "value" in value) return become(withMarked(value.value, become));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withMarked(each, become)]));
}

test("the stack has every service that is listed", () => {
  const hostnames = recorded.flatMap(({ inputs }) => inputs.hostname ?? []);
  expect(hostnames).toEqual(expect.arrayContaining(Object.keys(SERVICES)));
});

test("the program passes every rule", () => {
  const rules = RULES.filter(({ name }) => name !== "image-by-digest"); // nothing builds images here
  const faults = recorded.flatMap(({ type, name, inputs }) => {
    const opened = withMarked(inputs, (marked) => marked) as object;
    return rules
      .filter(({ tokens }) => tokens.includes(type))
      .flatMap((rule) => rule.check({ stack: "dev", name, isProtected: false, inputs: opened }))
      .map((fault) => `${name}: ${fault}`);
  });
  expect(faults).toEqual([]);
});

test.each(newSecretRules().map((rule) => [rule.name, rule] as const))(
  "the program passes %s",
  (_, { check }) => {
    const faults = recorded.flatMap(({ type, name, inputs }) =>
      check({ token: type, name, texts: textsOf(withMarked(inputs, (marked) => new Secret(marked))) }),
    );
    expect(faults).toEqual([]);
  },
);
