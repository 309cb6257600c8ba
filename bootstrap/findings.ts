import type { Step } from "./step.ts";
import { renderTable } from "./table.ts";

/** What the doctor says of one tool. */
export interface Finding {
  readonly tool: string;
  /** `absent` is no fault: only the tests need it and bring it. */
  readonly state: "found" | "missing" | "absent";
  readonly version: string;
  readonly origin: string;
}

/** Looks at everything, installs nothing. */
export function examine(
  steps: readonly Step[],
  isForTests: (tool: string) => boolean,
): Promise<readonly Finding[]> {
  return Promise.all(
    steps.map(async ({ name: tool, check }): Promise<Finding> => {
      try {
        const found = await check();
        if (found !== undefined) return { tool, state: "found", ...found };
        if (isForTests(tool)) return { tool, state: "absent", version: "-", origin: "npm test brings it" };
        return { tool, state: "missing", version: "-", origin: "-" };
      } catch (error) {
        return { tool, state: "missing", version: "-", origin: (error as Error).message };
      }
    }),
  );
}

export function renderFindings(findings: readonly Finding[]): string {
  const rows = findings.map(({ tool, state, version, origin }) => [tool, state, version, origin]);
  return renderTable([["TOOL", "STATE", "VERSION", "WHERE FROM"], ...rows]);
}
