import fc from "fast-check";
import { UNKNOWN, type Properties } from "../../../plugins/core/definition.ts";
import { detailedDiff, topLevel } from "../../../plugins/core/diff.ts";
import { boxType } from "./sample.ts";

function told(old: Properties, next: Properties, inputs: Properties = next): Record<string, string> {
  const changes = detailedDiff(boxType, old, next, inputs);
  return Object.fromEntries(
    Object.entries(changes).map(([path, { kind, replaces }]) => [path, replaces ? `${kind}-replace` : kind]),
  );
}

describe("detailedDiff", () => {
  test.each<[string, Properties, Properties, Record<string, string>]>([
    ["a changed value", { size: 1 }, { size: 2 }, { size: "update" }],
    ["a new value", {}, { size: 2 }, { size: "add" }],
    ["a value that goes", { size: 1 }, {}, { size: "delete" }],
    ["a value that replaces", { name: "a" }, { name: "b" }, { name: "update-replace" }],
    ["a value that is not known yet", { name: "a" }, { name: UNKNOWN }, { name: "update-replace" }],
    ["null and empty lists", { tags: [] }, { tags: null }, {}],
    ["a list that goes", { steps: ["a"] }, { steps: [] }, { steps: "delete" }],
    [
      "a map's keys",
      { notes: { a: "1", b: "2" } },
      { notes: { a: "2", "c.d": "3" } },
      {
        "notes.a": "update",
        "notes.b": "delete",
        'notes["c.d"]': "add",
      },
    ],
    ["a list's elements", { steps: ["a", "b", "c"] }, { steps: ["a", "c"] }, { "steps[1]": "delete" }],
    ["one element for another", { steps: ["a", "b"] }, { steps: ["a", "x"] }, { "steps[1]": "update" }],
    ["a set in another order", { tags: ["a", "b"] }, { tags: ["b", "a"] }, {}],
    [
      "a set's element",
      { tags: ["a", "b"] },
      { tags: ["b", "c"] },
      { "tags[0]": "delete", "tags[1]": "add" },
    ],
    ["a single object", { limits: { memory: 1 } }, { limits: { memory: 2 } }, { "limits.memory": "update" }],
    ["a single object that comes", {}, { limits: { memory: 2 } }, { limits: "add" }],
  ])("tells %s", (_name, old, next, expected) => {
    expect(told(old, next)).toEqual(expected);
  });

  test("tells a set's object by its place in the inputs", () => {
    const port = (number: number) => ({ number, protocol: "tcp", comment: "c" });
    const inputs = { ports: [port(443), port(80)] };
    // Terraform's order is not the program's: 443 stands second in the plan and first in the inputs.
    expect(told({ ports: [port(80)] }, { ports: [port(80), port(443)] }, inputs)).toEqual({
      "ports[0]": "add-replace",
    });
  });

  test("tells the set as a whole where the inputs cannot say which element it is", () => {
    const old = { ports: [{ number: 80, protocol: "tcp", comment: "" }] };
    const next = { ports: [{ number: 81, protocol: "tcp", comment: "" }] };
    expect(told(old, next, {})).toEqual({ ports: "update" });
  });

  test("replaces for a part that replaces, however deep it comes or goes", () => {
    expect(told({}, { ports: [{ number: 80 }] })).toEqual({ ports: "add-replace" });
  });

  test("of a state with itself is empty", () => {
    const state = fc.record({
      name: fc.string(),
      size: fc.integer(),
      tags: fc.array(fc.string()),
      notes: fc.dictionary(fc.string(), fc.string()),
      ports: fc.array(fc.record({ number: fc.integer(), comment: fc.string() })),
    });
    fc.assert(
      fc.property(state, (value) => {
        expect(told(value as Properties, structuredClone(value) as Properties)).toEqual({});
      }),
    );
  });
});

test("topLevel names each property once, sorted", () => {
  const change = { kind: "update", replaces: false } as const;
  const changes = {
    "steps[1]": change,
    "notes.a": change,
    "notes.b": { ...change, replaces: true },
    size: change,
  };
  expect(topLevel(changes)).toEqual(["notes", "size", "steps"]);
  expect(topLevel(changes, (each) => each.replaces)).toEqual(["notes"]);
});
