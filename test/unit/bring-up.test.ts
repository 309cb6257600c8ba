import { bringFoundations } from "../../automation/bring-images.ts";
import { bringUp } from "../../automation/bring-up.ts";
import { refuseSecond } from "../../automation/other-state.ts";

jest.mock("../../automation/bring-images.ts");
jest.mock("../../automation/other-state.ts");

afterEach(() => {
  jest.resetAllMocks();
});

/** A stack with a state of its own. */
function stackWith(...resources: readonly object[]): { stack: Parameters<typeof bringUp>[0]; up: jest.Mock } {
  const up = jest.fn();
  const exportStack = (): Promise<object> => Promise.resolve({ deployment: { resources } });
  return { stack: { name: "dev", exportStack, up } as never, up };
}

test("a stack that its state does not know is not made beside another one, nor is anything brought to its engine", async () => {
  jest.mocked(refuseSecond).mockRejectedValue(new Error("there is one"));
  const { stack, up } = stackWith();
  await expect(bringUp(stack)).rejects.toThrow("there is one");
  expect(bringFoundations).not.toHaveBeenCalled();
  expect(up).not.toHaveBeenCalled();
});

test("one whose making was cut off is brought up, whatever of it there is", async () => {
  jest.mocked(refuseSecond).mockRejectedValue(new Error("there is one"));
  const { stack, up } = stackWith({ urn: "urn:pulumi:dev::sso::pulumi:pulumi:Stack::sso-dev" });
  await bringUp(stack);
  expect(up).toHaveBeenCalledTimes(1);
});
