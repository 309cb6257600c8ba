import { renderTable } from "../bootstrap/table.ts";
import { readArguments } from "./arguments.ts";
import { dnsAnswers } from "./dns-answers.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { lastSyncs } from "./last-sync.ts";
import { queueOf } from "./mail-queue.ts";
import { viewOf } from "./outputs.ts";
import { servicesOf } from "./service-status.ts";
import { readStackSettings } from "./stack-settings.ts";
import { type Finding, metrics, rowsOf, troubleIn } from "./status-report.ts";
import { openStack } from "./workspace.ts";

const USAGE = `usage: npm run status [-- STACK] [--metrics]

How the services of a stack are, dev by default. Ends with 1 when something needs an operator: a service is not healthy or
has no container, a certificate ends within two weeks, or DNS says something else than the stack file.

--metrics  the same for Prometheus, as its node exporter's textfile collector reads it:
           npm --silent run status -- STACK --metrics`;

await runCommand(async () => {
  const { words, options } = readArguments({ usage: USAGE, words: ["STACK?"], options: { metrics: "flag" } });
  const finding = await look(words[0] ?? "dev");
  console.log(options.metrics === true ? metrics(finding) : renderTable(rowsOf(finding)));
  const trouble = troubleIn(finding);
  if (trouble.length > 0 && options.metrics !== true) throw new OperatorError(trouble.join("\n"));
});

async function look(stackName: string): Promise<Finding> {
  const stack = await openStack(stackName);
  const view = await viewOf(stack);
  const services = await servicesOf(stack);
  const isHealthy = (name: string): boolean =>
    services.some(({ service, health }) => service === name && health === "healthy");
  return {
    stack: stackName,
    at: new Date(),
    services,
    ...(isHealthy("postgres") ? { lastSyncs: await lastSyncs(stack, view) } : {}),
    ...(isHealthy("postfix") ? { queue: await queueOf(stack) } : {}),
    dns: await dnsAnswers(await readStackSettings(stack)),
  };
}
