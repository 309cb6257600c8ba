import type { Properties } from "../../../plugins/core/definition.ts";
import type { Kept } from "../../../plugins/core/provider.ts";
import { openSecrets } from "../../../plugins/core/secrets.ts";
import { plugin } from "../../../plugins/keycloak/plugin.ts";
import { asText } from "../../../plugins/keycloak/value.ts";
import { programOf, recording, Translation } from "./recording.ts";
import type { Recorded } from "./recording.ts";
import { byHand, call, provider, unique } from "./server.ts";

/** Made by the server, and so different each time. */
const GENERATED: Readonly<Record<string, readonly string[]>> = {
  "keycloak:openid/client:Client": ["clientSecret", "serviceAccountUserId"],
  "keycloak:oidc/identityProvider:IdentityProvider": ["internalId"],
  "keycloak:oidc/googleIdentityProvider:GoogleIdentityProvider": ["internalId"],
  "keycloak:oidc/githubIdentityProvider:GithubIdentityProvider": ["internalId"],
  "keycloak:saml/identityProvider:IdentityProvider": ["internalId"],
};

/** Parts of the import ID before the resource's own, where they are not only the realm. */
const IMPORT_BELOW: Readonly<Record<string, readonly string[]>> = {
  "keycloak:authentication/execution:Execution": ["parentFlowAlias"],
  "keycloak:authentication/subflow:Subflow": ["parentFlowAlias"],
  "keycloak:authentication/executionConfig:ExecutionConfig": ["executionId"],
};

/** Types whose resource ID is its whole address. */
const ADDRESSED =
  /Realm$|RealmEvents|RealmUserProfile|RealmLocalization|RequiredAction|Bindings|GroupRoles|ClientDefaultScopes|ClientOptionalScopes/;

function importId(type: string, { id, outputs }: Kept): string {
  const realm = asText(outputs["realmId"] ?? outputs["realm"]);
  if (ADDRESSED.test(type)) return id;
  if (type.endsWith(":DefaultGroups")) return realm;
  if (type.endsWith("ProtocolMapper")) {
    const scope = outputs["clientScopeId"] ?? null;
    return scope === null
      ? `${realm}/client/${asText(outputs["clientId"])}/${id}`
      : `${realm}/client-scope/${asText(scope)}/${id}`;
  }
  const below = /identityProviderAlias|ldapUserFederationId/;
  const names = IMPORT_BELOW[type] ?? Object.keys(outputs).filter((name) => below.test(name));
  return [realm, ...names.map((name) => asText(outputs[name])), id].join("/");
}

/** What only the program knows: an import cannot find it on the server. */
const UNKNOWN_TO_SERVER =
  /secret|password|credential|attributes|extraConfig|import|cache|securityDefenses|enabledEventTypes|smtpServer/i;

const translation = new Translation();
const made: { readonly recorded: Recorded; readonly kept: Kept; readonly inputs: Properties }[] = [];
const official = provider();
const refreshed = new Map(recording("state-1-refresh").map((one) => [one.urn, one]));
const program = recording("state-1-up");

/** Deltas describe the same outputs once more, for Terraform. */
const comparable = (outputs: Properties): Properties => translation.apply(outputs);

beforeAll(() => {
  for (const realm of ["community", "minimal"]) translation.learn(realm, unique(realm));
});

afterAll(async () => {
  await Promise.all(["community", "minimal"].map((realm) => byHand().remove(`/${unique(realm)}`)));
});

test("the table has every type of the official schema", () => {
  expect(Object.keys(plugin.resources).sort()).toEqual(Object.keys(plugin.schema.resources).sort());
});

describe.each(program)("$urn", (recorded) => {
  const { type, urn } = recorded;
  const name = urn.split("::").at(-1) ?? "";

  test("is created with the outputs that the official plugin recorded", async () => {
    const olds = translation.apply(recorded.inputs);
    const { inputs, failures } = official.check(type, { name, olds, news: programOf(olds) });
    expect(failures).toEqual([]);
    expect(inputs).toEqual(olds);
    const kept = await official.create(type, inputs, call(name));
    translation.learn(recorded.id, kept.id);
    for (const generated of GENERATED[type] ?? []) {
      translation.learn(recorded.outputs[generated], kept.outputs[generated]);
    }
    made.push({ recorded, kept, inputs });
    expect(kept.id).toBe(translation.apply(recorded.id));
    expect(kept.outputs).toEqual(comparable(recorded.outputs));
  });

  test("shows no difference afterwards", () => {
    const { kept, inputs } = made.find((one) => one.recorded === recorded) ?? raise(urn);
    expect(official.diff(type, kept.outputs, inputs)).toMatchObject({ differs: false, changed: [] });
  });
});

describe("refresh", () => {
  test.each(program)("$urn is read as the official plugin recorded", async (recorded) => {
    const { kept, inputs } = made.find((one) => one.recorded === recorded) ?? raise(recorded.urn);
    const found = await official.read(recorded.type, kept.id, inputs, kept.outputs, call("read"));
    const expected = refreshed.get(recorded.urn) ?? raise(recorded.urn);
    expect(found?.outputs).toEqual(comparable(expected.outputs));
    expect(found?.inputs).toEqual(translation.apply(expected.inputs));
  });
});

describe("import", () => {
  test.each(program)("$urn is found by its import ID", async (recorded) => {
    const { kept } = made.find((one) => one.recorded === recorded) ?? raise(recorded.urn);
    const before = await official.read(recorded.type, kept.id, {}, kept.outputs, call("read"));
    const found = await official.read(recorded.type, importId(recorded.type, kept), {}, {}, call("import"));
    expect(found?.id).toBe(kept.id);
    const known = (outputs: Properties = {}): Properties =>
      Object.fromEntries(
        Object.entries(openSecrets(outputs) as Properties).filter(
          ([key]) => !key.startsWith("__") && !UNKNOWN_TO_SERVER.test(key),
        ),
      );
    expect(known(found?.outputs)).toEqual(known(before?.outputs));
  });
});

describe("update", () => {
  test.each(program)("$urn stays as it is when nothing changed", async (recorded) => {
    const { kept, inputs } = made.find((one) => one.recorded === recorded) ?? raise(recorded.urn);
    const before = await official.read(recorded.type, kept.id, inputs, kept.outputs, call("read"));
    if (before === undefined) return raise(recorded.urn);
    await official.update(recorded.type, kept.id, before.outputs, inputs, call("update"));
    const after = await official.read(recorded.type, kept.id, inputs, before.outputs, call("read"));
    expect(after?.outputs).toEqual(before.outputs);
  });
});

describe("delete", () => {
  /** Parts of something that stays: what is read afterwards is that thing's own. */
  const parts =
    /RealmEvents|RealmUserProfile|RealmLocalization|Bindings|Default|GroupRoles|ClientOptionalScopes/;

  test.each([...program].reverse())("$urn is gone afterwards", async (recorded) => {
    const { kept } = made.find((one) => one.recorded === recorded) ?? raise(recorded.urn);
    await official.delete(recorded.type, kept.id, kept.outputs, call("delete"));
    const found = await official.read(recorded.type, kept.id, {}, kept.outputs, call("read"));
    if (!parts.test(recorded.type)) expect(found).toBeUndefined();
    await official.delete(recorded.type, kept.id, kept.outputs, call("delete again"));
  });
});

function raise(urn: string): never {
  throw new Error(`${urn} was not created`);
}
