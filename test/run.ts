import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const USAGE = `usage: npm test [-- WORD ...]

Runs every check: types, lint, formatting, and all tests, on real containers where they need some.
With words, only the tests whose path contains one of them.`;

/** Checks that are commands of their own; each counts as one. */
const STATIC_CHECKS: readonly (readonly string[])[] = [
  ["tsc"],
  ["eslint", "."],
  ["prettier", "--check", "."],
];

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** What Jest's report counts. */
interface JestCounts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

function runTool(words: readonly string[]): boolean {
  const [tool = "", ...args] = words;
  return spawnSync(path.join("node_modules/.bin", tool), args, { stdio: "inherit" }).status === 0;
}

function runStaticCheck(words: readonly string[]): Count {
  console.log(`\n> ${words.join(" ")}`);
  return runTool(words) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * Jest's own report is the count; a run that ends without one, or in error with all tests green, has failed, and so has
 * a test that was skipped.
 */
function runJest(patterns: readonly string[]): Count {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-jest-"));
  const report = path.join(folder, "report.json");
  try {
    const ok = runTool(["jest", "--runInBand", "--json", `--outputFile=${report}`, ...patterns]);
    if (!fs.existsSync(report)) return { passed: 0, failed: 1 };
    const counts = JSON.parse(fs.readFileSync(report, "utf8")) as JestCounts;
    const failed =
      counts.numFailedTests + counts.numRuntimeErrorTestSuites + counts.numPendingTests + counts.numTodoTests;
    return { passed: counts.numPassedTests, failed: ok ? failed : Math.max(1, failed) };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const words = process.argv.slice(2);
if (words.includes("--help") || words.includes("-h")) {
  console.log(USAGE);
} else {
  const counts = [...(words.length === 0 ? STATIC_CHECKS.map(runStaticCheck) : []), runJest(words)];
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
