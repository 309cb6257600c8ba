import { type RunOptions, run, which } from "./exec.ts";

/** Where this machine's own engine is. */
export const SOCKET = "unix:///var/run/docker.sock";

/** The engine that the docker provider uses too: `DOCKER_HOST`, or the socket, never a CLI context. */
export const ENGINE = process.env.DOCKER_HOST ?? SOCKET;

/** Milliseconds within which an engine answers a question, or is none. */
const ANSWER_MS = 10_000;

/** Runs the docker CLI against `ENGINE`. */
export function docker(args: readonly string[], options: RunOptions = {}): Promise<string> {
  return run("docker", args, { ...options, env: { ...options.env, DOCKER_HOST: ENGINE } });
}

/** Version of the engine, `undefined` where none answers within seconds. */
export async function engineVersion(): Promise<string | undefined> {
  if ((await which("docker")) === undefined) return undefined;
  // Any failure means the same here: there is no engine to use. The step then says what can be done.
  return docker(["version", "--format", "{{.Server.Version}}"], { timeoutMs: ANSWER_MS }).catch(
    () => undefined,
  );
}

export interface LocalImage {
  readonly Id: string;
  readonly Created: string;
  readonly RepoDigests: readonly string[] | null;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
}

/** An image of the engine, `undefined` where there is none or no engine that answers. */
export async function inspectImage(tag: string): Promise<LocalImage | undefined> {
  const answer = await docker(["image", "inspect", tag], { timeoutMs: ANSWER_MS }).catch(() => "[]");
  return (JSON.parse(answer) as LocalImage[])[0];
}
