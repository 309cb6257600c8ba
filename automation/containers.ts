import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { Naming } from "../components/host/naming.ts";
import { plain } from "../components/settings/parse.ts";
import { OperatorError } from "./fail.ts";

/** Room for what a command prints about 50,000 accounts. */
const MAX_OUTPUT_BYTES = 256 * 1024 ** 2;

const run = promisify(execFile);

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
    const { stdout } = await run("docker", [...engine, "exec", container, ...command], {
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stdout;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? "";
    throw new OperatorError(
      `container ${container}: ${said.trim() === "" ? (error as Error).message : said.trim()}`,
    );
  }
}

/** How the docker command is told of the stack's engine; nothing for this machine's own. */
async function engineOf(stack: automation.Stack): Promise<string[]> {
  const host = (await stack.getAllConfig())["sso:host"];
  const { docker } = (host === undefined ? {} : plain(host.value)) as { docker?: string };
  return docker === undefined ? [] : ["--host", docker];
}
