/** A real engine for the tests of the docker plugin, and what they make on it taken away again. */
import Docker from "dockerode";
import { Provider } from "../../../plugins/core/provider.ts";
import type { Context, Properties, ResourceType } from "../../../plugins/core/definition.ts";
import { messageOf } from "../../../plugins/docker/engine/errors.ts";
import type { Engine } from "../../../plugins/docker/engine/engine.ts";
import { plugin } from "../../../plugins/docker/plugin.ts";

/** The base image that bootstrap makes; it has a shell and coreutils. */
export const image = "sso/base:bookworm-20260918";

/** All that the tests make carries this in its name. */
const prefix = `dk-test-${String(process.pid)}`;

let count = 0;

/** A name that nothing else has. */
export function unique(what: string): string {
  count += 1;
  return `${prefix}-${what}-${String(count)}`;
}

export const docker = new Docker();

export function type(name: string): ResourceType<Engine> {
  const [token] = Object.keys(plugin.resources).filter((each) => each.endsWith(`:${name}`));
  const found = plugin.resources[token ?? ""];
  if (found === undefined) throw new Error(`no type ${name}`);
  return found;
}

export interface Messages {
  readonly warnings: string[];
  readonly statuses: string[];
}

/** What a handler gets. `config` is the provider's. */
export function context(
  config: Properties = {},
  signal: AbortSignal = new AbortController().signal,
): Context<Engine> & Messages {
  const warnings: string[] = [];
  const statuses: string[] = [];
  const say = {
    warn: (message: string) => void warnings.push(message),
    status: (message: string) => void statuses.push(message),
  };
  return { client: plugin.configure(config), signal, name: "test", warnings, statuses, ...say };
}

/** The plugin with the official semantics around it, as the Pulumi engine sees it. */
export function provider(): Provider<Engine> {
  const made = new Provider(plugin);
  made.configure({});
  return made;
}

export function call(): { signal: AbortSignal; name: string; status(): void; warn(): void } {
  return {
    signal: new AbortController().signal,
    name: "test",
    status: () => undefined,
    warn: () => undefined,
  };
}

/** Inputs of a container that sleeps, with what check fills in. */
export function sleeper(name: string, more: Properties = {}): Properties {
  const filledIn = { mustRun: true, networkMode: "bridge", removeVolumes: true, restart: "no", start: true };
  return { ...filledIn, name, image, command: ["sleep", "600"], waitTimeout: 60, ...more };
}

/** A check that passes at once or never, fast. */
export function check(...tests: string[]): Properties {
  return { tests, interval: "100ms", timeout: "2s", startPeriod: "0s", startInterval: "0s", retries: 2 };
}

export async function exists(name: string): Promise<boolean> {
  return docker
    .getContainer(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/** The message of the error that `run` must end with. */
export async function failure(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return messageOf(error);
  }
  throw new Error("it did not fail");
}

/** Removes what the tests of this process left behind. */
export async function cleanUp(): Promise<void> {
  const filters = { name: [prefix] };
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await docker.getContainer(Id).remove({ force: true, v: true });
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  for (const { Name } of volumes) await docker.getVolume(Name).remove();
  for (const { RepoTags: tags } of await docker.listImages({ filters: { reference: [`${prefix}*`] } }))
    for (const tag of tags ?? []) await docker.getImage(tag).remove({ force: true });
}
