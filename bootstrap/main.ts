// node bootstrap/main.ts [SCRIPT [ARGS]]: brings what SCRIPT needs, by default what a stack needs.
import { renewLog } from "./exec.ts";
import { Progress } from "./progress.ts";
import { runSteps } from "./runner.ts";
import { stepsFor } from "./steps/index.ts";
import { currentWay } from "./way.ts";

renewLog();
const [script, ...args] = process.argv.slice(2);
const steps = stepsFor(script, args);
const progress = new Progress(console.error);
try {
  const done = await runSteps(steps, progress.tell);
  if (steps.some(({ name }) => name === "pulumi cli")) {
    const state = done.length === 0 ? "everything in place" : `brought ${done.join(", ")}`;
    console.error(`bootstrap: ${state}; ${await currentWay()} plugins; ${progress.seconds()} s`);
  }
} catch (error) {
  console.error(`bootstrap: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  progress.stop();
}
