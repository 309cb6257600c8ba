/** What the shared stack is tested with from outside, on a stack on demand: real clients of services, and mail. */
import { run } from "../stack/commands.ts";
import { sharedStack } from "../stack/shared.ts";
import { leftoversOf } from "../stack/throwaway.ts";

describe.each(["openid-client", "saml", "apache", "mailman", "relay"])("%s", (name) => {
  jest.requireActual(`../e2e/${name}.test.ts`);
});

test("and then it is deleted, with all that it had", () => {
  const stack = sharedStack();
  expect(leftoversOf(stack).length).toBeGreaterThan(10); // positive control
  const { status, error } = run(["automation/stack.ts", "delete", stack.name], stack);
  expect({ status, error }).toEqual({ status: 0, error: "" });
  expect(leftoversOf(stack)).toEqual([]);
});
