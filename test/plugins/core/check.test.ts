import fc from "fast-check";
import { check, type CheckRequest } from "../../../plugins/core/check.ts";
import { UNKNOWN, type Properties } from "../../../plugins/core/definition.ts";
import { box, boxType } from "./sample.ts";

function checked(news: Properties, more: Partial<CheckRequest> = {}) {
  return check(box, boxType, { name: "crate", olds: {}, news, ...more });
}

describe("check", () => {
  test("fills in defaults at every level and lists them there", () => {
    const { inputs, failures } = checked({
      name: "b",
      size: 1,
      ports: [{ number: 80 }, { number: 53, protocol: "udp" }],
    });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({
      __defaults: ["colour"],
      name: "b",
      size: 1,
      colour: "red",
      ports: [
        { __defaults: ["protocol"], number: 80, protocol: "tcp" },
        { __defaults: [], number: 53, protocol: "udp" },
      ],
    });
  });

  test("leaves defaults that are zero to the plan", () => {
    expect(checked({ name: "b", size: 1 }).inputs).not.toHaveProperty("open");
  });

  test("keeps a default once filled in, even if it is another one now", () => {
    const olds = { __defaults: ["colour"], colour: "blue" };
    expect(checked({ name: "b", size: 1 }, { olds }).inputs.colour).toBe("blue");
    expect(checked({ name: "b", size: 1 }, { olds: { ...olds, __defaults: [] } }).inputs.colour).toBe("red");
  });

  test("has no lists of defaults for a type of the plugin framework", () => {
    const framework = { ...box, framework: true };
    expect(check(framework, boxType, { name: "b", olds: {}, news: { name: "b", size: 1 } }).inputs).toEqual({
      name: "b",
      size: 1,
    });
  });

  test("brings values to their types", () => {
    const { inputs, failures } = checked({
      name: 7,
      size: "12",
      weight: "1.5",
      open: "true",
      tags: "one",
      notes: { a: true },
      limits: [{ memory: "5" }],
      owner: UNKNOWN,
      steps: null,
    });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      name: "7",
      size: 12,
      weight: 1.5,
      open: true,
      tags: ["one"],
      notes: { a: "true" },
      limits: { __defaults: [], memory: 5 },
      owner: UNKNOWN,
    });
    expect(inputs).not.toHaveProperty("steps");
  });

  test("tells all faults: where, what was received, what is allowed", () => {
    const { failures } = checked({
      weight: "heavy",
      open: "maybe",
      colour: ["secret"],
      ports: [{ protocol: "tcp", kind: 1 }],
      sise: 3,
    });
    expect(failures).toEqual([
      { property: "weight", reason: 'weight is "heavy"; allowed: a number' },
      { property: "open", reason: 'open is "maybe"; allowed: true or false' },
      { property: "colour", reason: "colour is a list; allowed: a string" },
      {
        property: "ports[0].kind",
        reason: "ports[0].kind is not a property here; allowed: comment, number, protocol",
      },
      { property: "ports[0].number", reason: "ports[0].number is missing; give it a value" },
      {
        property: "sise",
        reason:
          "sise is not a property here; allowed: colour, limits, name, notes, open, owner, ports, size, steps, tags, weight",
      },
      { property: "size", reason: "size is missing; give it a value" },
    ]);
  });

  test("refuses an output as an input", () => {
    expect(checked({ name: "b", size: 1, serial: "x" }).failures).toHaveLength(1);
  });

  test("asks the type itself once the schema is content", () => {
    expect(checked({ name: "b", size: 0 }).failures).toEqual([
      { property: "size", reason: "size is too small; allowed: 1 or more" },
    ]);
  });

  test("gives the same answer for its own answer", () => {
    const news = fc.record(
      {
        name: fc.string(),
        size: fc.oneof(fc.integer({ min: 1 }), fc.integer({ min: 1 }).map(String)),
        open: fc.boolean(),
        tags: fc.array(fc.string()),
        notes: fc.dictionary(fc.string(), fc.string()),
        ports: fc.array(fc.record({ number: fc.integer() })),
      },
      { requiredKeys: ["name", "size"] },
    );
    fc.assert(
      fc.property(news, (given) => {
        const first = checked(given);
        const second = checked(given, { olds: first.inputs });
        expect(second).toEqual(first);
      }),
    );
  });
});

describe("names", () => {
  const seeded = (seed: number): Partial<CheckRequest> => ({ randomSeed: Uint8Array.of(seed) });

  test("are made of the logical name and seven digits that follow from the seed", () => {
    const { name, __defaults: defaults } = checked({ size: 1 }, seeded(1)).inputs;
    expect(name).toMatch(/^crate-[0-9a-f]{7}$/);
    expect(defaults).toEqual(["colour", "name"]);
    expect(checked({ size: 1 }, seeded(1)).inputs.name).toBe(name);
    expect(checked({ size: 1 }, seeded(2)).inputs.name).not.toBe(name);
    expect(checked({ size: 1 }).inputs.name).toMatch(/^crate-[0-9a-f]{7}$/);
  });

  test("stay", () => {
    const olds = { name: "crate-1234567", __defaults: ["name"] };
    expect(checked({ size: 1 }, { olds, ...seeded(1) }).inputs.name).toBe("crate-1234567");
  });

  test("are not kept from a time when the program chose one", () => {
    const olds = { name: "mine", __defaults: [] };
    expect(checked({ size: 1 }, { olds, ...seeded(1) }).inputs.name).not.toBe("mine");
  });

  test("follow Pulumi's autonaming settings", () => {
    const proposed = checked({ size: 1 }, { autonaming: { mode: "propose", proposed: "p" } });
    expect(proposed.inputs.name).toBe("p");
    const enforced = checked({ size: 1 }, { autonaming: { mode: "enforce", proposed: "e" } });
    expect(enforced.inputs.name).toBe("e");
    const disabled = checked({ size: 1 }, { autonaming: { mode: "disable" } });
    expect(disabled.inputs).not.toHaveProperty("name");
  });
});
