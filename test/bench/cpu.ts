import Docker from "dockerode";

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
