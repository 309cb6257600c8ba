import { share } from "./shared.ts";
import { newThrowaway, openStackOf, settingsOf, writeStackFile } from "./throwaway.ts";
import teardown, { THROWAWAY_VARIABLE } from "./global-teardown.ts";

/** Brings up the stack that the tests of this run share. */
export default async function setup(): Promise<void> {
  const throwaway = newThrowaway();
  process.env[THROWAWAY_VARIABLE] = JSON.stringify(throwaway);
  writeStackFile(throwaway, settingsOf(throwaway));
  const stack = await openStackOf(throwaway);
  const lines: string[] = [];
  try {
    await share(throwaway, stack, await stack.up({ onOutput: (text) => lines.push(text) }));
  } catch (error) {
    teardown(); // jest calls it only after a set-up that succeeded
    throw new Error(`the test stack did not come up:\n${lines.join("")}`, { cause: error });
  }
}
