import Docker from "dockerode";
import { docker } from "../stack/containers.ts";

/**
 * CPU time, in seconds, that each container has taken since it started.
 *
 * @throws when the engine cannot tell
 */
export async function cpuSecondsOf(containers: readonly string[]): Promise<number[]> {
  const engine = new Docker();
  const stats = await Promise.all(
    containers.map((name) => engine.getContainer(name).stats({ stream: false })),
  );
  return stats.map(({ cpu_stats: { cpu_usage: usage } }, index) => {
    if (usage.total_usage > 0) return usage.total_usage / 1e9;
    throw new Error(`the engine does not count what ${containers[index]} takes; its log says why`);
  });
}

/**
 * CPU time, in seconds, that the compilers of a container's Java machine have taken since it started: what a machine
 * costs while it is young, whatever it is asked for.
 */
export function compilerSecondsOf(container: string): number {
  const threads = docker("exec", container, "sh", "-c", "cat /proc/[0-9]*/task/*/stat || true");
  // Fields 14 and 15 of proc(5), user and system mode, in hundredths of a second; the third follows the name.
  const ticks = [...threads.matchAll(/\(C[12] Compiler[^)]*\) (.*)/g)].flatMap(([, fields = ""]) =>
    fields.split(" ").slice(11, 13).map(Number),
  );
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}
