/** The recorded resources made on a real server: what comes of them must be what the official plugin made. */
import { Engine, TestServer, type Resource } from "./postgresql-support.ts";
import { withoutDefaults } from "../../plugins/core/check.ts";
import { recordedState } from "./recordings.ts";

const created = recordedState("state-1-up").filter(({ type }) => type.startsWith("postgresql:"));
const refreshed = new Map(recordedState("state-1-refresh").map((each) => [each.urn, each]));

let server: TestServer;
let engine: Engine;
const made = new Map<string, Resource>();

beforeAll(async () => {
  server = await TestServer.start();
  engine = new Engine(server.config());
});

afterAll(async () => {
  await engine.close();
  await server.stop();
});

test("there are recordings of every type", () => {
  expect(new Set(created.map(({ type }) => type)).size).toBe(7);
});

// In the order in which the engine made them.
test.each(created.map((each) => [each.urn, each] as const))(
  "%s is made as recorded",
  async (urn, recorded) => {
    const own = Object.entries(recorded.inputs).filter(
      ([name]) => !defaultsOf(recorded.inputs).includes(name),
    );
    const resource = await engine.create(recorded.type, withoutDefaults(Object.fromEntries(own)));
    made.set(urn, resource);
    expect(resource.id).toBe(recorded.id);
    expect(resource.inputs).toEqual(recorded.inputs);
    expect(resource.outputs).toEqual(recorded.outputs);
  },
);

test.each(created.map(({ urn }) => urn))("%s then has no difference", (urn) => {
  const resource = get(urn);
  const { changes, differs } = engine.diff(resource, withoutDefaults(resource.inputs));
  expect(changes).toEqual({});
  expect(differs).toBe(false);
});

test.each(created.map(({ urn }) => urn))("%s is refreshed as recorded", async (urn) => {
  const read = await engine.refresh(get(urn));
  const recorded = refreshed.get(urn);
  expect(read?.id).toBe(recorded?.id);
  expect(read?.inputs).toEqual(recorded?.inputs);
  expect(read?.outputs).toEqual(recorded?.outputs);
});

test("a state of the official plugin is refreshed the same", async () => {
  for (const { type: token, id, inputs, outputs, urn } of created) {
    const read = await engine.refresh({ token, id, inputs, outputs });
    expect(read?.outputs).toEqual(refreshed.get(urn)?.outputs);
  }
});

function defaultsOf(inputs: Resource["inputs"]): readonly unknown[] {
  return Array.isArray(inputs.__defaults) ? inputs.__defaults : [];
}

function get(urn: string): Resource {
  const resource = made.get(urn);
  if (resource === undefined) throw new Error(`${urn} was not made`);
  return resource;
}
