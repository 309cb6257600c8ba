/** Building an image with the engine's own (classic) builder, which needs no plugin on either side. */
import { stripVTControlCharacters } from "node:util";
import { createGzip } from "node:zlib";
import type Docker from "dockerode";

import type { Properties, Value } from "../../core/definition.ts";
import { isObject, isZero } from "../../core/values.ts";
import type { Context } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import { followProgress } from "../engine/progress.ts";
import { blocks, text, textMap, texts } from "../values.ts";
import { buildContext } from "./context.ts";
import { withinLimit } from "./limit.ts";

/** How many lines of a failed step the error shows. */
const shownLines = 20;

/** Lines of the builder about its own layers and containers. */
const housekeeping = /^( ---> |Removing intermediate container )/;

type Form = (value: Value) => unknown;
const json: Form = (value) => JSON.stringify(value);
const plain: Form = (value) => value;

/** Properties of `build` and the engine's query parameters for them. */
const options: readonly (readonly [property: string, parameter: string, form: Form])[] = [
  ["buildArgs", "buildargs", json],
  ["cacheFroms", "cachefrom", json],
  ["cgroupParent", "cgroupparent", plain],
  ["cpuPeriod", "cpuperiod", plain],
  ["cpuQuota", "cpuquota", plain],
  ["cpuSetCpus", "cpusetcpus", plain],
  ["cpuSetMems", "cpusetmems", plain],
  ["cpuShares", "cpushares", plain],
  ["extraHosts", "extrahosts", plain],
  ["isolation", "isolation", plain],
  ["memory", "memory", plain],
  ["memorySwap", "memswap", plain],
  ["networkMode", "networkmode", plain],
  ["noCache", "nocache", plain],
  ["platform", "platform", plain],
  ["pullParent", "pull", plain],
  ["remoteContext", "remote", plain],
  ["remove", "rm", plain],
  ["securityOpts", "securityopt", json],
  ["shmSize", "shmsize", plain],
  ["squash", "squash", plain],
  ["suppressOutput", "q", plain],
  ["target", "target", plain],
  [
    "ulimits",
    "ulimits",
    (value) =>
      JSON.stringify(blocks(value).map(({ name, hard, soft }) => ({ Name: name, Hard: hard, Soft: soft }))),
  ],
];

/** Properties of `build` that only BuildKit has. */
export const buildKitOnly = [
  "additionalContexts",
  "buildId",
  "buildLogFile",
  "builder",
  "cacheTos",
  "provenance",
  "sbom",
  "secrets",
  "sessionId",
] as const;

/**
 * Builds and tags an image.
 * @throws with the failing step and its last lines, or when time is up
 */
export async function build(context: Context, name: string, inputs: Properties): Promise<void> {
  const { packed, dockerfile } = await buildContext(text(inputs.context), text(inputs.dockerfile));
  const parameters = {
    ...Object.fromEntries(
      options
        .filter(([property]) => !isZero(inputs[property]))
        .map(([property, parameter, form]) => [parameter, form(inputs[property] ?? null)]),
    ),
    forcerm: true, // or a failed step would leave its container behind
    labels: { ...textMap(inputs.label), ...textMap(inputs.labels) },
    t: [name, ...texts(inputs.tags)],
    dockerfile,
    version: "1",
    registryconfig: registryLogins(context, inputs),
  } as unknown as Docker.ImageBuildOptions; // the types know fewer parameters than the engine, and only one tag
  const log = new BuildLog(context, name);
  await withinLimit(
    context,
    () => log.what,
    (signal) =>
      context.client.follow(signal, async (docker, abortSignal) => {
        const tar = packed();
        const body = context.client.local ? tar : tar.pipe(createGzip());
        tar.once("error", (error) => body.destroy(error));
        const answer = await docker.buildImage(body, { ...parameters, abortSignal });
        await followProgress(answer, (progress) => {
          log.take(progress.stream ?? "", progress.error);
        });
      }),
  );
}

/** Follows a build's output, remembering what the current step said. */
class BuildLog {
  readonly #context: Context;
  readonly #name: string;
  #step = "";
  #said: string[] = [];

  public constructor(context: Context, name: string) {
    this.#context = context;
    this.#name = name;
  }

  /** What goes on, for messages. */
  public get what(): string {
    return `building image "${this.#name}"${this.#step === "" ? "" : `, at step ${this.#step},`}`;
  }

  public take(output: string, error: string | undefined): void {
    for (const line of stripVTControlCharacters(output).split("\n")) {
      const step = /^Step (\d+\/\d+ : .*)/.exec(line)?.[1];
      if (step !== undefined) {
        this.#step = step;
        this.#said = [];
        this.#context.status(`${this.#name}: ${step}`);
      } else if (line.trim() !== "" && !housekeeping.test(line)) {
        this.#said = [...this.#said, line].slice(-shownLines);
      }
    }
    if (error !== undefined) throw new EngineError(500, this.#failure(error));
  }

  #failure(error: string): string {
    const step = this.#step === "" ? "" : ` at step ${this.#step}`;
    const lines = this.#said.map((line) => `\n  ${line}`).join("");
    return `building image "${this.#name}" failed${step}: ${error.trim()}${lines}`;
  }
}

function registryLogins(context: Context, inputs: Properties): Docker.RegistryConfig {
  const own = blocks(inputs.authConfigs).map((each): [string, { username: string; password: string }] => [
    text(each.hostName),
    { username: text(each.userName), password: text(each.password) },
  ]);
  return Object.fromEntries([...context.client.logins, ...own]);
}

/** Faults of a `build` that the schema cannot express. */
export function buildFaults(build: Value | undefined): string[] {
  if (!isObject(build)) return [];
  return buildKitOnly
    .filter((property) => !isZero(build[property]))
    .map((property) => `build.${property} needs BuildKit, which the built-in docker plugin does not use`);
}
