import bcrypt from "bcryptjs";
import fc from "fast-check";
import type { Properties } from "../../../plugins/core/definition.ts";
import { Provider } from "../../../plugins/core/provider.ts";
import { wrapSecret } from "../../../plugins/core/secrets.ts";
import { letterPolicy, policyFaults, randomText } from "../../../plugins/random/letters.ts";
import { petName } from "../../../plugins/random/pets.ts";
import { plugin } from "../../../plugins/random/plugin.ts";
import { call, text } from "../core/sample.ts";

const provider = new Provider(plugin);
provider.configure({});

function type(name: string): string {
  return `random:index/random${name}:Random${name}`;
}

async function make(name: string, inputs: Properties): Promise<Properties> {
  const { outputs } = await provider.create(type(name), inputs, call());
  return outputs;
}

async function adopt(name: string, id: string) {
  return provider.read(type(name), id, {}, {}, call());
}

function count(text: string, letters: RegExp): number {
  return text.match(letters)?.length ?? 0;
}

test("texts follow their policy", () => {
  const inputs = fc.record({
    length: fc.integer({ min: 1, max: 60 }),
    upper: fc.boolean(),
    special: fc.boolean(),
    numeric: fc.boolean(),
    minLower: fc.integer({ min: 0, max: 5 }),
    minNumeric: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(inputs, (given) => {
      const policy = letterPolicy(given);
      fc.pre(policyFaults(policy).length === 0);
      const text = randomText(policy);
      expect(text).toHaveLength(given.length);
      expect(count(text, /[a-z]/g)).toBeGreaterThanOrEqual(given.minLower);
      expect(count(text, /\d/g)).toBeGreaterThanOrEqual(given.minNumeric);
      if (!given.upper) expect(text).not.toMatch(/[A-Z]/);
      if (!given.special) expect(text).not.toMatch(/\W|_/);
      if (!given.numeric && given.minNumeric === 0) expect(text).not.toMatch(/\d/);
    }),
  );
});

test("texts use every letter and the special ones given", () => {
  const letters = new Set(randomText(letterPolicy({ length: 5000 })));
  expect(letters.size).toBe(26 + 26 + 10 + 21);
  const special = letterPolicy({
    length: 200,
    overrideSpecial: "-_",
    upper: false,
    lower: false,
    numeric: false,
  });
  expect(new Set(randomText(special))).toEqual(new Set("-_"));
});

test("a password is hashed, and not its own ID", async () => {
  const { id, result, bcryptHash, __meta: meta } = await make("Password", { length: 24 });
  expect(id).toBe("none");
  expect(meta).toBe('{"schema_version":"3"}');
  expect(text(bcryptHash)).toMatch(/^\$2a\$10\$/);
  expect(await bcrypt.compare(text(result), text(bcryptHash))).toBe(true);
});

test("what is not set is left out and remembered as null", async () => {
  const outputs = await make("String", { length: 8 });
  expect(outputs).not.toHaveProperty("keepers");
  expect(outputs).toMatchObject({
    __pulumi_raw_state_delta: { obj: { ps: { keepers: { value: { replace: { raw: null } } } } } },
  });
});

test("an ID is the same bytes in every form", async () => {
  const { id, hex, dec, b64Std, b64Url } = await make("Id", { byteLength: 8, prefix: "sso-" });
  const bytes = Buffer.from(text(id), "base64url");
  expect(bytes).toHaveLength(8);
  expect({ hex, dec, b64Std, b64Url }).toEqual({
    hex: `sso-${bytes.toString("hex")}`,
    dec: `sso-${bytes.readBigUInt64BE().toString()}`,
    b64Std: `sso-${bytes.toString("base64")}`,
    b64Url: `sso-${bytes.toString("base64url")}`,
  });
});

test("integers lie within their bounds, and a seed gives one of them always", async () => {
  const { result } = await make("Integer", { min: 3, max: 4 });
  expect([3, 4]).toContain(result);
  const seeded = { min: 1, max: 65000, seed: "fixed" };
  expect((await make("Integer", seeded)).result).toBe((await make("Integer", seeded)).result);
});

test("pets have as many words as asked for, and a prefix", async () => {
  expect(petName(3, "-").split("-")).toHaveLength(3);
  const { id } = await make("Pet", { length: 2, separator: "_", prefix: "the" });
  expect(id).toMatch(/^the_[a-z]+_[a-z]+$/);
});

test("values stay until an input changes, which replaces them", async () => {
  const inputs = { length: 8, keepers: { rotation: "1" } };
  const state = await make("String", inputs);
  expect(provider.diff(type("String"), state, inputs).differs).toBe(false);
  expect(await provider.read(type("String"), text(state.id), inputs, state, call())).toMatchObject({
    inputs,
    outputs: state,
  });
  const rotated = provider.diff(type("String"), state, { ...inputs, keepers: { rotation: "2" } });
  expect(rotated).toMatchObject({ replaces: ["keepers"], detailed: false, deleteBeforeReplace: false });
  expect(provider.diff(type("String"), state, { ...inputs, special: false }).replaces).toEqual(["special"]);
});

test.each<[string, string, Properties, Properties]>([
  ["Password", "abc", { id: "none", result: wrapSecret("abc") }, { length: 3 }],
  ["String", "abc", { id: "abc", result: "abc" }, { length: 3 }],
  ["Uuid", "b014e609-01f7-58d5-adaa-bba38cf54c96", { result: "b014e609-01f7-58d5-adaa-bba38cf54c96" }, {}],
  ["Bytes", "AAE=", { hex: wrapSecret("0001") }, { length: 2 }],
  ["Id", "p-,AAE", { hex: "p-0001" }, { byteLength: 2, prefix: "p-" }],
  ["Integer", "5,1,9", { result: 5 }, { min: 1, max: 9 }],
])("a %s is taken over by its ID", async (name, id, outputs, inputs) => {
  expect(await adopt(name, id)).toMatchObject({ outputs, inputs });
});

test("a pet is not", async () => {
  await expect(adopt("Pet", "key-drum")).rejects.toThrow("a random pet cannot be imported");
});

test.each<[string, Properties, string]>([
  ["String", { length: 1, minLower: 2 }, "length is 1; allowed: 2 or more"],
  [
    "String",
    { length: 4, lower: false, upper: false, numeric: false, special: false },
    "no kind of letters is left",
  ],
  ["Integer", { min: 2, max: 1 }, "max is 1; allowed: min (2) or more"],
])("a %s that cannot be is refused", (name, news, reason) => {
  const { failures } = provider.check(type(name), { name: "x", olds: {}, news });
  expect(failures).toEqual([
    { property: expect.any(String) as string, reason: expect.stringContaining(reason) as string },
  ]);
});
