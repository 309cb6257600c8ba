import fc from "fast-check";
import { UNKNOWN, type Properties } from "../../../plugins/core/definition.ts";
import { planCreate, planUpdate, settleApplied, settleRead } from "../../../plugins/core/plan.ts";
import { lower, raise } from "../../../plugins/core/raw.ts";
import { boxType } from "./sample.ts";

function created(inputs: Properties): Properties {
  return lower(boxType, planCreate(boxType, raise(boxType, inputs)));
}

const state = raise(boxType, {
  name: "b",
  size: 1,
  open: false,
  colour: "red",
  owner: "root",
  serial: "s1",
  weight: 2,
  tags: ["a", "b"],
  notes: { n: "1" },
  ports: [{ number: 80, protocol: "tcp", comment: "" }],
});

function updated(inputs: Properties): Properties {
  return planUpdate(boxType, state, raise(boxType, inputs));
}

const same = {
  name: "b",
  size: 1,
  colour: "red",
  weight: 2,
  tags: ["b", "a"],
  notes: { n: "1" },
  ports: [{ number: 80, protocol: "tcp" }],
};

describe("a plan to create", () => {
  test("knows inputs and defaults, and not what the service will say", () => {
    expect(created({ name: "b", size: 1 })).toMatchObject({
      name: "b",
      size: 1,
      open: false,
      colour: "red",
      owner: UNKNOWN,
      serial: UNKNOWN,
      weight: null,
    });
  });

  test("has no lists but empty ones of blocks", () => {
    expect(created({ size: 1 })).toMatchObject({
      tags: null,
      steps: null,
      notes: null,
      ports: [],
      limits: null,
    });
  });

  test("writes out the texts of a new set element, as the SDK does", () => {
    expect(created({ size: 1, ports: [{ number: 80 }] }).ports).toEqual([
      { number: 80, protocol: "tcp", comment: "" },
    ]);
  });

  test("takes unknown values as they are", () => {
    expect(created({ size: UNKNOWN, ports: UNKNOWN })).toMatchObject({ size: UNKNOWN, ports: UNKNOWN });
  });
});

describe("a plan to update", () => {
  test("is the state itself where nothing changes", () => {
    expect(updated(same)).toBe(state);
  });

  test("keeps what the service said of properties the program is silent about", () => {
    expect(updated({ ...same, size: 2 })).toMatchObject({ size: 2, owner: "root", serial: "s1" });
  });

  test("takes away what the program no longer says", () => {
    expect(updated({ ...same, tags: [], notes: {} })).toMatchObject({ tags: [], notes: {} });
    expect(updated({ name: "b", size: 1 })).toMatchObject({ weight: null, ports: [] });
  });

  test("leaves out differences that mean nothing", () => {
    const suppress = ({ name }: { readonly name: string }): boolean => name === "weight";
    const config = raise(boxType, { ...same, weight: 2.5 });
    expect(planUpdate(boxType, state, config, { suppress })).toBe(state);
    expect(planUpdate(boxType, state, config)).toMatchObject({ weight: 2.5 });
  });

  test("of a plan's own result is that result", () => {
    const inputs = fc.record({
      name: fc.string(),
      size: fc.integer(),
      tags: fc.array(fc.string()),
      notes: fc.dictionary(fc.string(), fc.string()),
      ports: fc.array(fc.record({ number: fc.integer(), comment: fc.string() })),
    });
    fc.assert(
      fc.property(inputs, (given) => {
        const config = raise(boxType, given);
        const planned = planCreate(boxType, config);
        const made = { ...planned, owner: "root", serial: "s1" };
        expect(planUpdate(boxType, made, config)).toBe(made);
      }),
    );
  });
});

describe("the state after an apply", () => {
  const planned = planCreate(boxType, raise(boxType, { size: 1, tags: ["CHOWN"], ports: [{ number: 80 }] }));

  function settled(found: Properties): Properties {
    return lower(boxType, settleApplied(boxType, raise(boxType, found), planned));
  }

  test("has what the service answered", () => {
    expect(settled({ size: 2, serial: "s1" })).toMatchObject({ size: 2, serial: "s1" });
  });

  test("stays null where the answer is empty", () => {
    expect(settled({ notes: {}, steps: [] })).toMatchObject({ notes: null, steps: null });
    expect(settled({ notes: { a: "1" } })).toMatchObject({ notes: { a: "1" } });
  });

  test("takes sets as they were planned", () => {
    const found = settled({ tags: ["CAP_CHOWN"], ports: [{ number: 80, protocol: "tcp", comment: "x" }] });
    expect(found.tags).toEqual(["CHOWN"]);
    expect(found.ports).toEqual([{ number: 80, protocol: "tcp", comment: "" }]);
  });

  test("after a read is what was read, but for texts that were empty", () => {
    const prior = raise(boxType, { size: 1, colour: "", notes: null });
    const found = settleRead(boxType, raise(boxType, { size: 3, notes: {} }), prior);
    expect(lower(boxType, found)).toMatchObject({ size: 3, colour: "", notes: {} });
  });
});
