import type * as automation from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { ENGINE } from "../bootstrap/docker.ts";
import { Naming } from "../components/host/naming.ts";
import { plain } from "../components/settings/parse.ts";
import { reasonOf, runDocker } from "./engine.ts";
import { OperatorError } from "./fail.ts";
import { explained, resourcesOf } from "./workspace.ts";

/**
 * Runs a command in a service's container on the stack's host and gives its standard output.
 *
 * @throws {OperatorError} when the container is not there or the command fails
 */
export async function execIn(
  stack: automation.Stack,
  service: string,
  command: readonly string[],
): Promise<string> {
  const container = new Naming(stack.name).of(service);
  const engine = await engineOf(stack);
  try {
    return await runDocker(engine, ["exec", container, ...command]);
  } catch (error) {
    throw new OperatorError(`container ${container}: ${reasonOf(error)}`);
  }
}

/** What a state says of a service's container; jobs, which end, have no health check. */
const expected = z.object({
  type: z.literal("docker:index/container:Container"),
  delete: z.literal(false).default(false),
  inputs: z.object({ name: z.string(), healthcheck: z.object({}) }),
});

/** A service's container as the engine sees it. */
const inspected = z.object({
  Name: z.string(),
  State: z.object({ Status: z.string(), Health: z.object({ Status: z.string() }).optional() }),
});

/**
 * How the containers of the services are that a stack's state has, by service: `healthy`, `unhealthy`, `starting`,
 * `exited`, …, and `missing` where there is none.
 */
export async function healthOf(stack: automation.Stack): Promise<Readonly<Record<string, string>>> {
  const prefix = new Naming(stack.name).of("");
  const [resources, engine] = await Promise.all([resourcesOf(stack), engineOf(stack)]); // each asks the CLI
  const names = resources.flatMap((resource) => expected.safeParse(resource).data?.inputs.name ?? []);
  try {
    const listed = (await runDocker(engine, ["ps", "--all", "--format", "{{.Names}}"])).split("\n");
    const there = names.filter((name) => listed.includes(name));
    const found =
      there.length === 0
        ? []
        : z.array(inspected).parse(JSON.parse(await runDocker(engine, ["container", "inspect", ...there])));
    const states = new Map(
      found.map(({ Name, State }) => [
        Name.slice("/".length),
        State.Status === "running" ? (State.Health?.Status ?? "running") : State.Status,
      ]),
    );
    return Object.fromEntries(
      names.map((name) => [name.slice(prefix.length), states.get(name) ?? "missing"]),
    );
  } catch (error) {
    throw new OperatorError(`the engine of stack ${stack.name}: ${reasonOf(error)}`);
  }
}

/** By stack: asking the CLI takes longer than asking the engine. */
const engines = new WeakMap<automation.Stack, Promise<string>>();

/** Address of the stack's engine. */
function engineOf(stack: automation.Stack): Promise<string> {
  const known = engines.get(stack) ?? readEngine(stack);
  engines.set(stack, known);
  return known;
}

async function readEngine(stack: automation.Stack): Promise<string> {
  const host = (await explained(stack.name, () => stack.getAllConfig()))["sso:host"];
  const { docker = ENGINE } = host === undefined ? {} : (plain(host.value) as { docker?: string });
  return docker;
}
