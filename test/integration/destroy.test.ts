import { openShared, sharedStack } from "../stack/shared.ts";
import { leftoversOf } from "../stack/throwaway.ts";

test("destroy leaves no container, network, volume or image tag of the stack behind", async () => {
  const stack = sharedStack();
  expect(leftoversOf(stack)).not.toEqual([]);
  await (await openShared()).destroy();
  expect(leftoversOf(stack)).toEqual([]);
});
