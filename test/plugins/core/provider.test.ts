import { UNKNOWN, type Properties } from "../../../plugins/core/definition.ts";
import { PartialError } from "../../../plugins/core/errors.ts";
import { HalfMade, Provider } from "../../../plugins/core/provider.ts";
import { wrapSecret } from "../../../plugins/core/secrets.ts";
import { BOX, call, samplePlugin, text, type Shelf } from "./sample.ts";

const inputs: Properties = { __defaults: ["colour"], name: "b", size: 1, colour: "red" };

function setUp(more: Partial<Shelf> = {}): { provider: Provider<Shelf>; shelf: Shelf } {
  const shelf: Shelf = { asked: [], ...more };
  const provider = new Provider(samplePlugin(shelf));
  provider.configure({});
  return { provider, shelf };
}

async function made(provider: Provider<Shelf>): Promise<Properties> {
  return (await provider.create(BOX, inputs, call())).outputs;
}

describe("create", () => {
  test("writes every property, what Terraform keeps beside them, and how to get back to its form", async () => {
    const { provider } = setUp();
    expect(await provider.create(BOX, inputs, call())).toEqual({
      id: "box-1",
      outputs: {
        id: "box-1",
        name: "b",
        size: 1,
        colour: "red",
        open: false,
        owner: "root",
        serial: "s1",
        weight: null,
        tags: null,
        steps: null,
        notes: null,
        ports: [],
        limits: null,
        __meta: JSON.stringify({
          "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": { create: 60e9, delete: 30e9 },
          schema_version: "2",
        }),
        __pulumi_raw_state_delta: {
          obj: { ps: { limits: { plu: { i: {} } }, ports: { arr: {} } }, renamed: { ports: "port" } },
        },
      },
    });
  });

  test("gives the handler every default, also those that are zero", async () => {
    const seen: Properties[] = [];
    const { provider } = setUp({
      answer: (given) => {
        seen.push(given);
        return { id: "1", state: {} };
      },
    });
    await made(provider);
    expect(seen).toEqual([{ name: "b", size: 1, colour: "red", open: false }]);
  });

  test("keeps what was made before it failed", async () => {
    const { provider } = setUp({
      answer: () => Promise.reject(new PartialError("no lid", { id: "box-7", state: { serial: "s7" } })),
    });
    const failed = await provider.create(BOX, inputs, call()).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(HalfMade);
    const { message, kept } = failed as HalfMade;
    expect(message).toBe("no lid");
    expect(kept).toMatchObject({ id: "box-7", outputs: { id: "box-7", serial: "s7", name: "b", size: 1 } });
  });

  test("lets other errors through", async () => {
    const { provider } = setUp({ answer: () => Promise.reject(new Error("no wood")) });
    await expect(made(provider)).rejects.toThrow(/^no wood$/);
  });

  test("notes the operator's timeout", async () => {
    const { provider } = setUp();
    const { outputs } = await provider.create(BOX, inputs, { ...call(), timeoutSec: 5 });
    expect(JSON.parse(text(outputs.__meta))).toMatchObject({
      "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": { create: 5e9, delete: 30e9 },
    });
  });

  test("in a preview asks nothing and says what is not known", () => {
    const { provider, shelf } = setUp();
    const planned = provider.previewCreate(BOX, inputs);
    expect(planned).toMatchObject({ id: UNKNOWN, name: "b", serial: UNKNOWN, open: false });
    expect(planned).not.toHaveProperty("__pulumi_raw_state_delta");
    expect(shelf.asked).toEqual([]);
  });
});

describe("diff", () => {
  test("is empty for what was just made", async () => {
    const { provider } = setUp();
    expect(provider.diff(BOX, await made(provider), inputs)).toMatchObject({ differs: false, changes: {} });
  });

  test("what the program ignores is no change", async () => {
    const { provider } = setUp();
    const state = await made(provider);
    const next = { ...inputs, size: 2, tags: { "a.b": "1" } };
    expect(provider.diff(BOX, state, next).changed).toEqual(["size", "tags"]);
    expect(provider.diff(BOX, state, next, ["tags"]).changed).toEqual(["size"]);
    expect(provider.diff(BOX, state, next, ["size", "tags"])).toMatchObject({ differs: false, changes: {} });
  });

  test("tells what changes and what replaces", async () => {
    const { provider } = setUp();
    const difference = provider.diff(BOX, await made(provider), { ...inputs, name: "c", size: 2 });
    expect(difference).toMatchObject({
      differs: true,
      changed: ["name", "size"],
      replaces: ["name"],
      changes: { name: { kind: "update", replaces: true }, size: { kind: "update", replaces: false } },
    });
  });

  test("deletes before it replaces only where the program chose the name", async () => {
    const { provider } = setUp();
    const state = await made(provider);
    const chosen = provider.diff(BOX, state, { ...inputs, name: "c" });
    expect(chosen.deleteBeforeReplace).toBe(true);
    const generated = provider.diff(BOX, state, { ...inputs, name: "c", __defaults: ["colour", "name"] });
    expect(generated.deleteBeforeReplace).toBe(false);
    expect(provider.diff(BOX, state, { ...inputs, size: 2 }).deleteBeforeReplace).toBe(false);
  });

  test("asks the type which differences mean nothing", async () => {
    const { provider } = setUp();
    const heavy = { ...inputs, weight: 2 };
    const { outputs } = await provider.create(BOX, heavy, call());
    expect(provider.diff(BOX, outputs, { ...heavy, weight: 2.5 }).differs).toBe(false);
    expect(provider.diff(BOX, outputs, { ...heavy, weight: 3.5 }).differs).toBe(true);
  });
});

describe("update", () => {
  test("hands over the state and keeps what the answer leaves out", async () => {
    const { provider, shelf } = setUp();
    const state = await made(provider);
    const outputs = await provider.update(BOX, "box-1", state, { ...inputs, size: 2 }, call());
    expect(shelf.asked).toContain("update box-1 s1");
    expect(outputs).toMatchObject({ size: 2, serial: "s1", owner: "root" });
  });

  test("in a preview keeps what is not touched", async () => {
    const { provider } = setUp();
    const planned = provider.previewUpdate(BOX, "box-1", await made(provider), { ...inputs, size: UNKNOWN });
    expect(planned).toMatchObject({ id: "box-1", size: UNKNOWN, serial: "s1" });
  });
});

describe("read", () => {
  test("says that it is gone", async () => {
    const { provider } = setUp({ found: undefined });
    expect(await provider.read(BOX, "box-1", inputs, { id: "box-1" }, call())).toBeUndefined();
  });

  test("shows drift in the outputs and in the inputs that were there", async () => {
    const { provider, shelf } = setUp();
    const state = await made(provider);
    shelf.found = { id: "box-1", state: { ...state, colour: "blue", weight: 4 } };
    const found = await provider.read(BOX, "box-1", inputs, state, call());
    expect(found?.outputs).toMatchObject({ colour: "blue", weight: 4 });
    expect(found?.inputs).toEqual({ __defaults: [], name: "b", size: 1, colour: "blue" });
  });

  test("without a state makes inputs of what is required or no default", async () => {
    const { provider } = setUp({
      found: {
        id: "box-1",
        state: { name: "b", size: 0, colour: "red", open: false, serial: "s", weight: 4 },
      },
    });
    const found = await provider.read(BOX, "box-1", {}, {}, call());
    expect(found?.inputs).toEqual({ __defaults: [], name: "b", size: 0, weight: 4 });
  });

  test("without a state marks what is a secret, which with one the engine knows", async () => {
    const { provider, shelf } = setUp();
    const state = await made(provider);
    shelf.found = { id: "box-1", state: { name: "b", size: 1, owner: "ann", serial: "s" } };
    const imported = await provider.read(BOX, "box-1", {}, {}, call());
    expect(imported?.outputs).toMatchObject({ name: "b", owner: wrapSecret("ann"), serial: wrapSecret("s") });
    expect(imported?.inputs).toMatchObject({ name: "b", owner: wrapSecret("ann") });
    const refreshed = await provider.read(BOX, "box-1", { ...inputs, owner: "root" }, state, call());
    expect(refreshed?.outputs).toMatchObject({ owner: "ann", serial: "s" });
    expect(refreshed?.inputs).toMatchObject({ owner: "ann" });
  });
});

describe("configuration", () => {
  test("is read from text, the environment and defaults", () => {
    const { provider } = setUp();
    expect(provider.checkConfig({ host: "h", retries: "5", tls: "true", version: "1.2.3" })).toEqual([]);
  });

  test("tells its faults", () => {
    const { provider } = setUp();
    expect(provider.checkConfig({ retries: '"many"', hots: "h" })).toEqual([
      { property: "retries", reason: 'retries is "many"; allowed: a whole number' },
      { property: "hots", reason: "hots is not a property here; allowed: host, retries, tls" },
    ]);
  });

  test("that is not known yet is an error only where the service is needed", async () => {
    const { provider } = setUp();
    provider.configure({ host: UNKNOWN });
    expect(() => provider.previewCreate(BOX, inputs)).not.toThrow();
    await expect(made(provider)).rejects.toThrow("the sample provider's host is not known yet");
  });
});

test("a type that is not built in is named, with the way out", () => {
  const { provider } = setUp();
  expect(() => provider.diff("sample:index/lid:Lid", {}, {})).toThrow(
    "type sample:index/lid:Lid is not supported by the built-in sample plugin; install the official one (SSO_PLUGINS=official)",
  );
});
