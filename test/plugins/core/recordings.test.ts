/**
 * The common part of the plugins against the recordings, without any server: what check, diff, refresh and the
 * state encoding make of recorded values must be what the official plugins made of them.
 */
import { check, withoutDefaults } from "../../../plugins/core/check.ts";
import type { PackageSchema, Plugin, Properties, ResourceType } from "../../../plugins/core/definition.ts";
import { plainState } from "../../../plugins/core/handler.ts";
import { refreshedInputs, withoutEmptyDefaults } from "../../../plugins/core/inputs.ts";
import { planCreate, settleApplied } from "../../../plugins/core/plan.ts";
import { Provider } from "../../../plugins/core/provider.ts";
import { raise } from "../../../plugins/core/raw.ts";
import { resourceSchema, type ObjectType } from "../../../plugins/core/schema.ts";
import { outputs, raiseFound, readState } from "../../../plugins/core/state.ts";
import { DELTA, META } from "../../../plugins/core/values.ts";
import { plugin as docker } from "../../../plugins/docker/plugin.ts";
import { plugin as keycloak } from "../../../plugins/keycloak/plugin.ts";
import { plugin as postgresql } from "../../../plugins/postgresql/plugin.ts";
import { plugin as random } from "../../../plugins/random/plugin.ts";
import { openSecrets, recordedPreview, recordedState, type RecordedResource } from "../recordings.ts";

// No server is asked, so the client need not be loaded.
jest.mock("@keycloak/keycloak-admin-client", () => ({ __esModule: true, default: Object }));
jest.mock("@keycloak/keycloak-admin-client/lib/resources/resource.js", () => ({
  __esModule: true,
  default: Object,
}));

interface Kind {
  readonly definition: ResourceType<unknown>;
  readonly type: ObjectType;
  readonly provider: Provider<unknown>;
  readonly dropsEmptyDefaults: boolean;
}

/** The kinds of resources that the built-in plugins have. */
const kinds = new Map<string, Kind>();
for (const plugin of [docker, keycloak, postgresql, random] as unknown as Plugin<unknown>[]) register(plugin);

function register(plugin: Plugin<unknown>): void {
  const schema: PackageSchema = plugin.schema;
  const provider = new Provider(plugin);
  for (const [token, definition] of Object.entries(plugin.resources))
    kinds.set(token, {
      definition,
      type: resourceSchema(schema, token, definition),
      provider,
      dropsEmptyDefaults: plugin.dropsEmptyDefaults === true,
    });
}

const created = recordedState("state-1-up");
const refreshed = new Map(recordedState("state-1-refresh").map((each) => [each.urn, each]));
const updated = new Map(recordedState("state-2-up").map((each) => [each.urn, each]));

/** What other resources added between a create and the refresh. */
const grantedLater: Readonly<Record<string, Properties>> = {
  "postgresql:index/role:Role::reader": { roles: [] },
};

function withKind(resources: readonly RecordedResource[]): [string, RecordedResource, Kind][] {
  return resources.flatMap((each) => {
    const kind = kinds.get(each.type);
    return kind === undefined ? [] : [[each.urn, each, kind] as [string, RecordedResource, Kind]];
  });
}

function after(states: ReadonlyMap<string, RecordedResource>, { urn }: RecordedResource): RecordedResource {
  const found = states.get(urn);
  if (found === undefined) throw new Error(`${urn} is not recorded`);
  return found;
}

describe.each(withKind(created))(
  "%s",
  (_urn, resource, { definition, type, provider, dropsEmptyDefaults }) => {
    const news = withoutFilledIn(resource.inputs);

    test("check completes the inputs as recorded", () => {
      // A name once made up is kept, so that the recorded one comes out.
      const { autoName } = definition;
      const olds: Properties =
        autoName === undefined
          ? {}
          : { [autoName]: resource.inputs[autoName] ?? null, __defaults: [autoName] };
      expect(check(definition, type, { name: resource.name, olds, news })).toEqual({
        inputs: resource.inputs,
        failures: [],
      });
    });

    test("a state is written as it was read", () => {
      const { [META]: meta } = resource.outputs;
      const again = outputs(
        definition,
        type,
        resource.id,
        readState(type, resource.outputs),
        typeof meta === "string" ? meta : undefined,
      );
      expect(openSecrets(again)).toEqual(resource.outputs);
    });

    test("what a read finds after a create is written as recorded", () => {
      const planned = planCreate(type, raise(type, withoutDefaults(resource.inputs)));
      const state = { ...plainState(after(refreshed, resource).outputs), ...grantedLater[resource.urn] };
      const raw = settleApplied(type, raiseFound(type, { id: resource.id, state }, false), planned);
      const { [DELTA]: delta } = openSecrets(
        outputs(definition, type, resource.id, raw, undefined),
      ) as Properties;
      expect(delta).toEqual(resource.outputs[DELTA]);
    });

    test("nothing differs after a create", () => {
      const { changes, differs } = provider.diff(resource.type, resource.outputs, resource.inputs);
      expect({ changes, differs }).toEqual({ changes: {}, differs: false });
    });

    test("a refresh takes inputs over as recorded", () => {
      const { inputs, outputs: state } = after(refreshed, resource);
      const ours = refreshedInputs(type, resource.inputs, state);
      expect(dropsEmptyDefaults ? withoutEmptyDefaults(ours) : ours).toEqual(inputs);
    });

    test("step 2 differs as recorded", () => {
      const step = recordedPreview("preview-2").steps.find(({ urn }) => urn === resource.urn);
      const { outputs: state } = after(refreshed, resource);
      const { changes, replaces } = provider.diff(resource.type, state, after(updated, resource).inputs);
      const told = Object.entries(changes).map(([path, { kind, replaces: replacing }]) => [
        path,
        { kind: replacing ? `${kind}-replace` : kind, inputDiff: false },
      ]);
      expect(Object.fromEntries(told)).toEqual(step?.detailedDiff ?? {});
      expect(replaces).toEqual(step?.replaceReasons ?? []);
    });
  },
);

/** Inputs as the program gave them: without what check filled in. */
function withoutFilledIn(inputs: Properties): Properties {
  const plain = (value: Properties[string]): Properties[string] => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "object" || value === null) return value;
    const { __defaults: filled, ...rest } = value;
    const names = Array.isArray(filled) ? filled : [];
    return Object.fromEntries(
      Object.entries(rest).flatMap(([key, each]) => (names.includes(key) ? [] : [[key, plain(each)]])),
    );
  };
  return plain(inputs) as Properties;
}
