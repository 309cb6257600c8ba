// npm run doctor: for each tool what was found, which version, where it came from. Brings and changes nothing.
import { BUILDERS } from "./builders.ts";
import { type Examined, examine, renderFindings } from "./findings.ts";
import { STEPS, isForTests } from "./steps/index.ts";

const USAGE = `usage: npm run doctor

Shows each tool that a stack and its tests need: its version and where it came from.
Exit code 1 where something is missing that a stack needs.`;

if (process.argv.includes("--help") || process.argv.includes("-h")) {
  console.log(USAGE);
} else {
  const steps = STEPS.map(({ name, check }): Examined => ({
    name,
    check,
    ...(isForTests(name) ? { optional: "npm test brings it" } : {}),
  }));
  const findings = await examine([...steps, ...BUILDERS]);
  console.log(renderFindings(findings));
  if (findings.some(({ state }) => state === "missing")) {
    console.log("\nnpm run up brings what is missing");
    process.exitCode = 1;
  }
}
