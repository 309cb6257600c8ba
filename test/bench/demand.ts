import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { promisify } from "node:util";
import { Naming } from "../../components/host/naming.ts";
import { docker } from "../stack/containers.ts";
import { environmentOf, leftoversOf, removeThrowaway, type Throwaway } from "../stack/throwaway.ts";
import { percentile, report, timed } from "./report.ts";

const STACKS = 20;
const AT_ONCE = 2;

const run = promisify(execFile);

/** P3: stacks on demand beside one that runs, one alone and then many in pairs, and what is left of them. */
export async function benchDemand(state: Throwaway): Promise<void> {
  const suffix = state.name.replace("test-", "");
  const names = Array.from({ length: STACKS + 2 }, (_, at) => `b${suffix}${at}`);
  const [running = "", alone = "", ...others] = names;
  const stack = (...words: readonly string[]): Promise<unknown> =>
    run("node", ["automation/stack.ts", ...words], { env: { ...process.env, ...environmentOf(state) } });
  try {
    await stack("new", running, "--from", "staging"); // builds the images
    const aloneSeconds = await timed(() => stack("new", alone, "--from", "staging"));
    report("P3 one more stack, ready to log in", aloneSeconds, "s");
    report("P3 its memory", memoryOf(alone), "MiB");
    await stack("delete", alone);

    const times: number[] = [];
    const deletions: number[] = [];
    for (let at = 0; at < others.length; at += AT_ONCE) {
      const pair = others.slice(at, at + AT_ONCE);
      times.push(await timed(() => Promise.all(pair.map((name) => stack("new", name, "--from", "staging")))));
      deletions.push(await timed(() => Promise.all(pair.map((name) => stack("delete", name)))));
    }
    report(`two more at once, ready, of ${STACKS}: median`, percentile(times, 0.5), "s");
    report(`two more at once, ready, of ${STACKS}: worst`, percentile(times, 1), "s");
    report("two deleted at once: median", percentile(deletions, 0.5), "s");
    const left = [alone, ...others].flatMap((name) => leftoversOf({ ...state, name: `od-${name}` }));
    report("things left of them", left.length, left.slice(0, 3).join(" "));
    await stack("delete", running);
  } finally {
    for (const name of names) removeThrowaway({ ...state, name: `od-${name}` });
  }
}

/** What a stack's processes have in memory, in MiB, pages that several share counted once. */
function memoryOf(name: string): number {
  const prefix = new Naming(`od-${name}`).of("");
  const containers = docker("ps", "--format", "{{.Names}}").split("\n");
  const pids = containers
    .filter((each) => each.startsWith(prefix))
    .flatMap((each) => docker("top", each, "-eo", "pid").split("\n").slice(1));
  const kibibytes = pids.map((pid) => {
    const rollup = fs.readFileSync(`/proc/${pid.trim()}/smaps_rollup`, "utf8"); // proc(5); docker stats needs a cgroup's count
    return Number(/^Pss: +(\d+) kB$/m.exec(rollup)?.[1] ?? 0);
  });
  return kibibytes.reduce((sum, each) => sum + each, 0) / 1024;
}
