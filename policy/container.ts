import { Naming } from "../components/host/naming.ts";
import type { Checked, Inputs } from "./rule.ts";
import { type Allowance, SERVICES } from "./services.ts";

type Container = Inputs<"container">;

/** Whether a container does one thing and ends, as `components/host/job.ts` makes it; all others are services. */
export function isJob({ attach, mustRun, restart }: Container): boolean {
  return attach === true && mustRun === false && restart === "no";
}

/** Which of `roles` a thing on the host has in a stack: `edge` for `sso-dev-edge` in `dev`, and none in any other. */
export function roleOf(stack: string, name: string, roles: Iterable<string>): string | undefined {
  const naming = new Naming(stack);
  return [...roles].find((role) => naming.of(role) === name);
}

/** What a service may do: nothing, unless both its name and its host name are those of one that is listed. */
export function allowanceOf({ stack, inputs }: Checked<Container>): Allowance {
  const service = roleOf(stack, inputs.name ?? "", Object.keys(SERVICES));
  const isListed = service !== undefined && service === inputs.hostname && !isJob(inputs);
  return (isListed ? SERVICES[service] : undefined) ?? { segments: [] };
}
