import { setTimeout as sleep } from "node:timers/promises";
import { type Event, runSteps } from "../../bootstrap/runner.ts";
import type { Found, Step } from "../../bootstrap/step.ts";

const FOUND: Found = { version: "1", origin: "here" };

/** Steps that write down what they do; those in `there` are found at once. */
function machine(there: readonly string[] = []) {
  const log: string[] = [];
  const present = new Set(there);
  const step = (name: string, needs: readonly string[] = [], more: Partial<Step> = {}): Step => ({
    name,
    needs,
    check: () => Promise.resolve(present.has(name) ? FOUND : undefined),
    install: async () => {
      log.push(`${name} starts`);
      await sleep(5);
      log.push(`${name} ends`);
      present.add(name);
      return FOUND;
    },
    ...more,
  });
  return { log, present, step };
}

const ignore = (): void => undefined;

test("nothing is done where everything is there", async () => {
  const { log, step } = machine(["a", "b"]);
  const events: Event[] = [];
  await expect(runSteps([step("a"), step("b", ["a"])], (event) => events.push(event))).resolves.toEqual([]);
  expect([log, events]).toEqual([[], []]);
});

test("steps wait for those they need and run beside all others", async () => {
  const { log, step } = machine();
  await expect(runSteps([step("a"), step("b", ["a"]), step("c")], ignore)).resolves.toEqual(["a", "b", "c"]);
  expect(log.slice(0, 2)).toEqual(["a starts", "c starts"]);
  expect(log.indexOf("b starts")).toBeGreaterThan(log.indexOf("a ends"));
});

test("a step's preparation does not wait", async () => {
  const { log, step } = machine();
  const prepare = (): Promise<void> => Promise.resolve(void log.push("b prepares"));
  await runSteps([step("a"), step("b", ["a"], { prepare })], ignore);
  expect(log.indexOf("b prepares")).toBeLessThan(log.indexOf("a ends"));
});

test("what another step brought along is not installed again", async () => {
  const { log, present, step } = machine();
  const install = (): Promise<Found> => Promise.resolve(void present.add("image")).then(() => FOUND);
  const events: Event[] = [];
  await runSteps([step("engine", [], { install }), step("image", ["engine"])], (event) => events.push(event));
  expect(log).toEqual([]);
  expect(events.map(({ kind, step: name }) => `${name} ${kind}`)).toEqual(["engine done", "image done"]);
});

test("the first failure names its step, stops the others and what needs it never starts", async () => {
  const { log, step } = machine();
  const failing = step("a", [], { install: () => Promise.reject(new Error("no such package")) });
  const waiting = step("c", [], {
    install: async ({ signal }) => {
      await sleep(10_000, undefined, { signal });
      return FOUND;
    },
  });
  await expect(runSteps([failing, step("b", ["a"]), waiting], ignore)).rejects.toThrow(
    /^a: no such package$/,
  );
  expect(log).toEqual([]);
});
