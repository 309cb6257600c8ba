import type * as automation from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { Naming } from "../components/host/naming.ts";
import { plain } from "../components/settings/parse.ts";
import { reasonOf, runDocker } from "./engine.ts";
import { OperatorError } from "./fail.ts";

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
  try {
    return await docker(stack, "exec", container, ...command);
  } catch (error) {
    throw new OperatorError(`container ${container}: ${reasonOf(error)}`);
  }
}

/** A service's container as the engine sees it. */
const inspected = z.object({
  Name: z.string(),
  State: z.object({ Status: z.string(), Health: z.object({ Status: z.string() }).optional() }),
  Config: z.object({ Healthcheck: z.object({}).nullish() }),
});

/** How the containers of a stack's services are, by service: `healthy`, `unhealthy`, `starting`, `exited`, … */
export async function healthOf(stack: automation.Stack): Promise<Readonly<Record<string, string>>> {
  const prefix = new Naming(stack.name).of("");
  try {
    const ids = await docker(stack, "ps", "--all", "--quiet", "--filter", `name=^/?${prefix}`);
    if (ids === "") return {};
    const found = z
      .array(inspected)
      .parse(JSON.parse(await docker(stack, "inspect", ...ids.trim().split("\n"))));
    const services = found.filter(({ Config }) => (Config.Healthcheck ?? null) !== null); // jobs have none
    return Object.fromEntries(
      services.map(({ Name, State }) => [
        Name.slice(`/${prefix}`.length),
        State.Status === "running" ? (State.Health?.Status ?? "running") : State.Status,
      ]),
    );
  } catch (error) {
    throw new OperatorError(`the engine of stack ${stack.name}: ${reasonOf(error)}`);
  }
}

async function docker(stack: automation.Stack, ...words: readonly string[]): Promise<string> {
  return runDocker(await engineOf(stack), words);
}

/** By stack: asking the CLI takes longer than asking the engine. */
const engines = new WeakMap<automation.Stack, Promise<string | undefined>>();

/** Address of the stack's engine; nothing for this machine's own. */
function engineOf(stack: automation.Stack): Promise<string | undefined> {
  const known = engines.get(stack) ?? readEngine(stack);
  engines.set(stack, known);
  return known;
}

async function readEngine(stack: automation.Stack): Promise<string | undefined> {
  const host = (await stack.getAllConfig())["sso:host"];
  return host === undefined ? undefined : (plain(host.value) as { docker?: string }).docker;
}
