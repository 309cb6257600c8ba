import { ALIAS_DOMAIN } from "./dns.ts";
import { share, SHARED_FILE_VARIABLE } from "./shared.ts";
import { newThrowaway, openStackOf, settingsOf, writeStackFile } from "./throwaway.ts";
import { THROWAWAY_VARIABLE } from "./global-teardown.ts";

/** Brings up the stack that the tests of this run share. Without it they fail, and others still run. */
export default async function setup(): Promise<void> {
  const lines: string[] = [];
  try {
    const throwaway = newThrowaway();
    process.env[THROWAWAY_VARIABLE] = JSON.stringify(throwaway);
    writeStackFile(throwaway, settingsOf(throwaway));
    const stack = await openStackOf(throwaway);
    const { outputs, summary } = await stack.up({ onOutput: (text) => lines.push(text) });
    const firstChanges = summary.resourceChanges ?? {};
    const known = { ...throwaway, aliasDomain: ALIAS_DOMAIN, firstChanges };
    process.env[SHARED_FILE_VARIABLE] = share(known, outputs);
  } catch (error) {
    console.error(`the test stack did not come up:\n${lines.join("")}`, error);
  }
}
