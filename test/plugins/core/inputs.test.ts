import type { Properties } from "../../../plugins/core/definition.ts";
import { importedInputs, refreshedInputs, withoutEmptyDefaults } from "../../../plugins/core/inputs.ts";
import { boxType } from "./sample.ts";

function refreshed(inputs: Properties, state: Properties): Properties {
  return refreshedInputs(boxType, inputs, state);
}

describe("inputs after a refresh", () => {
  test("are those that were there, with the values of now", () => {
    expect(
      refreshed({ size: 1, notes: { a: "1", b: "2" } }, { size: 2, colour: "red", notes: { a: "3" } }),
    ).toEqual({
      size: 2,
      notes: { a: "3" },
    });
  });

  test("lose what the state does not have", () => {
    expect(refreshed({ size: 1, colour: "red" }, { size: 1 })).toEqual({ size: 1 });
  });

  test("are no defaults any more where they changed", () => {
    const inputs = { __defaults: ["colour", "open"], colour: "red", open: true };
    expect(refreshed(inputs, { colour: "blue", open: true })).toEqual({
      __defaults: ["open"],
      colour: "blue",
      open: true,
    });
  });

  test("take lists and sets of plain values in the order of now", () => {
    const inputs = { steps: ["b", "a"], tags: ["b", "a"] };
    const state = { steps: ["a", "b"], tags: ["a", "b"] };
    expect(refreshed(inputs, state)).toEqual(state);
  });

  test("keep the program's order of objects in a set", () => {
    const inputs = {
      ports: [
        { number: 443, comment: "x" },
        { number: 80, comment: "y" },
      ],
    };
    const state = {
      ports: [
        { number: 80, comment: "y", protocol: "tcp" },
        { number: 443, comment: "z", protocol: "tcp" },
      ],
    };
    expect(refreshed(inputs, state)).toEqual({
      ports: [
        { number: 443, comment: "z" },
        { number: 80, comment: "y" },
      ],
    });
  });

  test("lose elements of a set that are gone", () => {
    const inputs = { ports: [{ number: 443 }, { number: 80 }] };
    expect(refreshed(inputs, { ports: [{ number: 80 }] })).toEqual({ ports: [{ number: 80 }] });
  });
});

test("inputs of an import are what is required or says something", () => {
  const state = {
    name: "b",
    size: 0,
    weight: 0,
    colour: "red",
    open: true,
    owner: "",
    serial: "s1",
    tags: [],
    ports: [{ number: 80, protocol: "tcp", comment: "" }],
    limits: { memory: 0, names: [] },
  };
  expect(importedInputs(boxType, state, true)).toEqual({
    __defaults: [],
    name: "b",
    size: 0,
    open: true,
    ports: [{ __defaults: [], number: 80 }],
  });
  expect(importedInputs(boxType, state, false)).not.toHaveProperty("__defaults");
});

test("empty lists of defaults are dropped at every level, others kept", () => {
  const inputs = {
    __defaults: [],
    ports: [{ __defaults: [], number: 80 }],
    limits: { __defaults: ["memory"], memory: 1 },
  };
  expect(withoutEmptyDefaults(inputs)).toEqual({
    ports: [{ number: 80 }],
    limits: { __defaults: ["memory"], memory: 1 },
  });
});
