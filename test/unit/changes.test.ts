import type * as automation from "@pulumi/pulumi/automation/index.js";
import { findingsIn } from "../../automation/changes.ts";
import { differencesOf } from "../../automation/differences.ts";
import { UNKNOWN } from "./policy/cases.ts";

/** How the engine sends a secret. */
const HIDDEN = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "[secret]",
};

interface Sample {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  readonly old?: object;
  readonly next?: object;
  readonly diffs?: readonly string[];
  readonly detailed?: readonly string[];
}

/** An event of either comparison: in a preview inputs tell, in a drift outputs do. */
function event({ op, type, name, old, next, diffs, detailed }: Sample): automation.EngineEvent {
  const state = (values: object | undefined): unknown =>
    values === undefined ? null : { custom: true, inputs: values, outputs: values };
  const metadata = {
    op,
    type,
    urn: `urn:pulumi:staging::sso::sso:index:SsoStack$${type}::${name}`,
    old: state(old),
    new: state(next),
    diffs,
    detailedDiff:
      detailed === undefined
        ? null
        : Object.fromEntries(detailed.map((path) => [path, { diffKind: "update", inputDiff: false }])),
  };
  const told = { metadata, planning: true };
  return { sequence: 0, timestamp: 0, resourcePreEvent: told, resOutputsEvent: told } as never;
}

const CONTAINER = "docker:index/container:Container";
const VOLUME = "docker:index/volume:Volume";
const CLIENT = "keycloak:openid/client:Client";

describe("what the engine's events say", () => {
  test("a change: its kind, name, type, and what differs", () => {
    const { changes, unchanged } = findingsIn(
      [
        event({ op: "same", type: VOLUME, name: "data", old: {}, next: {} }),
        event({
          op: "update",
          type: CLIENT,
          name: "talk-client",
          old: { name: "Talk", validRedirectUris: ["https://a.test/"] },
          next: { name: "Chat", validRedirectUris: ["https://a.test/", "https://b.test/"] },
          detailed: ["name", "validRedirectUris[1]"],
        }),
      ],
      "preview",
    );
    expect(changes).toEqual([
      {
        kind: "update",
        name: "talk-client",
        type: "keycloak openid Client",
        isStateful: false,
        differences: [
          { path: "name", before: "Talk", after: "Chat" },
          { path: "validRedirectUris[1]", after: "https://b.test/" },
        ],
      },
    ]);
    expect(unchanged).toBe(1);
  });

  test("a replacement is told once, whatever the engine's steps of it", () => {
    const steps = ["delete-replaced", "replace", "create-replacement"].map((op) =>
      event({
        op,
        type: CONTAINER,
        name: "web",
        old: { memory: 64 },
        next: { memory: 128 },
        diffs: ["memory"],
      }),
    );
    expect(findingsIn(steps, "preview").changes).toEqual([
      expect.objectContaining({
        kind: "replace",
        type: "docker Container",
        differences: [{ path: "memory", before: "64", after: "128" }],
      }),
    ]);
  });

  test.each([
    ["a data volume", VOLUME, { name: "sso-staging-postgres-data" }, true],
    ["a volume that is filled anew", VOLUME, { name: "sso-staging-nginx-config" }, false],
    ["a realm", "keycloak:index/realm:Realm", {}, true],
    ["the federation", "keycloak:ldap/userFederation:UserFederation", {}, true],
    ["an identity provider", "keycloak:oidc/githubIdentityProvider:GithubIdentityProvider", {}, true],
    ["the database", "postgresql:index/database:Database", {}, true],
    ["a container", CONTAINER, { name: "sso-staging-postgres" }, false],
  ])("%s goes with data or not", (_, type, old, isStateful) => {
    expect(findingsIn([event({ op: "delete", type, name: "x", old })], "preview").changes).toEqual([
      { kind: "delete", name: "x", type: expect.any(String) as string, isStateful, differences: [] },
    ]);
  });

  test("components and the engine's own steps are no changes", () => {
    const component = event({ op: "create", type: "sso:host:Job", name: "job", next: {} });
    const told = component.resourcePreEvent?.metadata.new;
    if (told) told.custom = false;
    const read = event({ op: "read", type: VOLUME, name: "v", next: {} });
    expect(findingsIn([component, read], "preview")).toEqual({ changes: [], refusals: [], unchanged: 0 });
  });

  test("drift: what differs in the outputs; a difference in plugins' own notes is none", () => {
    const { changes, unchanged } = findingsIn(
      [
        event({ op: "update", type: CLIENT, name: "a", old: { name: "Talk" }, next: { name: "Mine" } }),
        event({ op: "update", type: CLIENT, name: "b", old: { __meta: "1" }, next: { __meta: "2" } }),
        event({ op: "delete", type: VOLUME, name: "c", old: { name: "sso-staging-ca" } }),
      ],
      "drift",
    );
    expect(changes.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["update a", "delete c"]);
    expect(changes[0]?.differences).toEqual([{ path: "name", before: "Talk", after: "Mine" }]);
    expect(unchanged).toBe(1);
  });

  test("a refusal: rule, resource and fault; advice is none", () => {
    const policyEvent = {
      resourceUrn: `urn:pulumi:staging::sso::${CONTAINER}::web`,
      message: "Refused: a container …\nprivileged is true; leave it out\n",
      policyName: "capabilities",
      enforcementLevel: "mandatory",
    };
    const events = [
      { policyEvent },
      { policyEvent: { ...policyEvent, enforcementLevel: "warning" } },
    ] as never;
    expect(findingsIn(events, "preview").refusals).toEqual([
      { rule: "capabilities", resource: "web", fault: "privileged is true; leave it out" },
    ]);
  });
});

describe("what differs", () => {
  test.each([
    ["a marked secret", { a: HIDDEN }, { a: "plain" }, [{ path: "a", before: "[secret]", after: "plain" }]],
    [
      "a secret inside of a list",
      { a: [] },
      { a: [{ b: HIDDEN }] },
      [{ path: "a[0]", after: '{"b":"[secret]"}' }],
    ],
    [
      "what is a secret by its name",
      { password: "x" },
      { password: "y" },
      [{ path: "password", before: "[secret]", after: "[secret]" }],
    ],
    [
      "the same deeper down",
      {},
      { auth: { clientSecret: "y" } },
      [{ path: "auth", after: '{"clientSecret":"[secret]"}' }],
    ],
    [
      "a secret of a map",
      { config: {} },
      { config: { "secret.key": "y", "my secret": "z" } },
      [
        { path: 'config["my secret"]', after: "[secret]" },
        { path: 'config["secret.key"]', after: "[secret]" },
      ],
    ],
    [
      "what is not known yet",
      { id: "1" },
      { id: UNKNOWN },
      [{ path: "id", before: "1", after: "known after the update" }],
    ],
    ["something that goes", { a: { b: 1 } }, {}, [{ path: "a", before: '{"b":1}' }]],
  ])("%s", (_, before, after, differences) => {
    expect(differencesOf(before, after)).toEqual(differences);
  });

  test("a secret that is told to differ, although its value is not there", () => {
    expect(differencesOf({ a: HIDDEN }, { a: HIDDEN }, ["a"], ["a"])).toEqual([
      { path: "a", before: "[secret]", after: "[secret]" },
    ]);
  });
});
