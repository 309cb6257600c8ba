import type { Step } from "./step.ts";
import { renderTable } from "./table.ts";

/** A tool that the doctor looks at. */
export interface Examined extends Pick<Step, "name" | "check"> {
  /** Why it is no fault that it is not there. @default it is one */
  readonly optional?: string;
}

/** What the doctor says of one tool. */
export interface Finding {
  readonly tool: string;
  /** `absent` is no fault: its origin says why. */
  readonly state: "found" | "missing" | "absent";
  readonly version: string;
  readonly origin: string;
}

/** Looks at everything, installs nothing. */
export function examine(tools: readonly Examined[]): Promise<readonly Finding[]> {
  return Promise.all(
    tools.map(async ({ name: tool, check, optional }): Promise<Finding> => {
      try {
        const found = await check();
        if (found !== undefined) return { tool, state: "found", ...found };
        if (optional !== undefined) return { tool, state: "absent", version: "-", origin: optional };
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
