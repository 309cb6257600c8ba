import { readArguments } from "./arguments.ts";
import { hasChanges, hasFailed, renderReports, type StackReport } from "./change-report.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { lookAtStack } from "./look-at-stack.ts";
import { type ReportFormat, WRITERS } from "./report-writers.ts";

const USAGE = `usage: npm run preview [-- STACK ...] [--drift] [--without-secrets | --require-state]
                             [--format text|markdown]

What "npm run up" would change in stacks, staging and production by default, and whether policies permit it. Ends with 0
when nothing would change or only checks were possible, with 2 when something would change, with 1 when a preview failed
or a policy refuses it.

--drift            what was changed outside of Pulumi instead, in Keycloak's console or on the host
--without-secrets  checks settings, program and policies only, with neither the stack's state nor its secrets
--require-state    has failed where a stack's state or passphrase is not there, instead of checking what it can
--format markdown  for a pull request: npm --silent run preview -- STACK --format markdown`;

/** Codes that the process ends with. */
const EXIT = { unchanged: 0, failed: 1, changed: 2 } as const;

await runCommand(async () => {
  const { words, options } = readArguments({
    usage: USAGE,
    words: ["STACK*"],
    options: { drift: "flag", "without-secrets": "flag", "require-state": "flag", format: "value" },
  });
  const format = formatOf(options.format ?? "text");
  const reports: StackReport[] = [];
  for (const stack of words.length === 0 ? ["staging", "production"] : words) {
    console.error(`stack ${stack} …`);
    reports.push(
      await lookAtStack(stack, {
        comparison: options.drift === true ? "drift" : "preview",
        withoutSecrets: options["without-secrets"] === true,
        requireState: options["require-state"] === true,
      }),
    );
  }
  console.log(renderReports(reports, format));
  if (reports.some(hasFailed)) process.exitCode = EXIT.failed;
  else process.exitCode = reports.some(hasChanges) ? EXIT.changed : EXIT.unchanged;
});

function formatOf(text: string): ReportFormat {
  if (Object.keys(WRITERS).includes(text)) return text as ReportFormat;
  throw new OperatorError(`--format is ${text}; allowed: ${Object.keys(WRITERS).join(", ")}`);
}
