import Docker from "dockerode";

/** CPU time, in seconds, that each container has taken since it started. */
export async function cpuSecondsOf(containers: readonly string[]): Promise<number[]> {
  const engine = new Docker();
  const stats = await Promise.all(
    containers.map((name) => engine.getContainer(name).stats({ stream: false })),
  );
  return stats.map((each) => each.cpu_stats.cpu_usage.total_usage / 1e9);
}
