import type { Inputs } from "./rule.ts";

type Container = Inputs<"container">;

/** Whether a container does one thing and ends, as `components/host/job.ts` makes it; all others are services. */
export function isJob({ attach, mustRun, restart }: Container): boolean {
  return attach === true && mustRun === false && restart === "no";
}

/** What a service is called in the tables; for a container without a host name, its own name. */
export function serviceOf({ hostname, name }: Container): string {
  return hostname ?? name ?? "the container";
}

/** What comes after a stack's name in the name of one of its things: `edge` of `sso-dev-edge`. */
export function roleOf(name: string, roles: Iterable<string>): string | undefined {
  return [...roles].find((role) => name.endsWith(`-${role}`));
}
