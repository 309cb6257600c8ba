import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { promisify } from "node:util";
import { certificateFileOf } from "../../automation/project.ts";
import { settingsWithoutSecrets } from "../../automation/stack-settings.ts";
import { Naming } from "../../components/host/naming.ts";
import { isTaken, tracesOf } from "../labs/demand/lab.ts";
import { canLogIn } from "../stack/authorization.ts";
import { docker } from "../stack/containers.ts";
import type { SharedStack } from "../stack/shared.ts";
import { environmentOf, removeThrowaway, type Throwaway } from "../stack/throwaway.ts";
import { percentile, report, timed } from "./report.ts";

/** Its directory has no seed, so that `new` makes somebody who can log in. */
const FROM = "staging";

const REALM = settingsWithoutSecrets(FROM).realms.find(({ kind }) => kind === "directory")?.name ?? "";

const STACKS = 20;
const AT_ONCE = 2;

const run = promisify(execFile);

/** P3: stacks on demand beside one that runs, one alone and then many in pairs, and what is left of them. */
export async function benchDemand(state: Throwaway): Promise<void> {
  const suffix = state.name.replace("test-", "");
  const names = Array.from({ length: STACKS + 2 }, (_, at) => `b${suffix}${at}`);
  const [running = "", alone = "", ...others] = names;
  const addresses: string[] = [];
  const stack = (...words: readonly string[]): Promise<{ stdout: string }> =>
    run("node", ["automation/stack.ts", ...words], { env: { ...process.env, ...environmentOf(state) } });
  const make = async (name: string): Promise<void> => {
    const { stdout } = await stack("new", name, "--from", FROM);
    addresses.push(await logInBy(stdout, name));
  };
  try {
    await make(running); // builds the images
    const aloneSeconds = await timed(() => make(alone));
    report("P3 one more stack, somebody logged in", aloneSeconds, "s");
    report("P3 its memory", memoryOf(alone), "MiB");
    await stack("delete", alone);

    const times: number[] = [];
    const deletions: number[] = [];
    for (let at = 0; at < others.length; at += AT_ONCE) {
      const pair = others.slice(at, at + AT_ONCE);
      times.push(await timed(() => Promise.all(pair.map(make))));
      deletions.push(await timed(() => Promise.all(pair.map((name) => stack("delete", name)))));
    }
    report(`two more at once, logged in, of ${STACKS}: median`, percentile(times, 0.5), "s");
    report(`two more at once, logged in, of ${STACKS}: worst`, percentile(times, 1), "s");
    report("two deleted at once: median", percentile(deletions, 0.5), "s");
    await stack("delete", running);
    const left = [...names.flatMap((name) => tracesOf(state, `od-${name}`)), ...addresses.filter(isTaken)];
    if (left.length > 0) throw new Error(`left of stacks that were deleted: ${left.join(", ")}`);
    report(`things left of ${names.length} that were deleted`, left.length, "");
  } finally {
    for (const name of names) removeThrowaway({ ...state, name: `od-${name}` });
  }
}

/** Logs in as the person whom `new` names, where it says that the stack is. @returns the stack's address */
async function logInBy(guide: string, name: string): Promise<string> {
  const [, username = "", password = ""] = /^Log in as (\S+) with the password (\S+)$/m.exec(guide) ?? [];
  const [, address = "", domain = ""] = /^ {2}(\d+\.\d+\.\d+\.\d+) (\S+)$/m.exec(guide) ?? [];
  const stack = { domain, address, caFile: certificateFileOf(`od-${name}`) };
  if (!(await canLogIn(stack as SharedStack, REALM, username, password)))
    throw new Error(`${username} cannot log in to stack od-${name}`);
  return address;
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
