/** docker:index/remoteImage:RemoteImage: an image pulled from a registry or built. */
import type Docker from "dockerode";

import type { Found, Properties, ResourceType } from "../../core/definition.ts";
import { isObject, isZero } from "../../core/values.ts";
import type { Context, Engine } from "../engine/engine.ts";
import { EngineError, isConflict, isMissing } from "../engine/errors.ts";
import { withZeros } from "../schema.ts";
import { text, texts } from "../values.ts";
import { build, buildFaults } from "./build.ts";
import { doneWithinSec } from "./limit.ts";
import { pull } from "./pull.ts";

const limitNanosec = doneWithinSec * 1e9;

/** An ID is the engine's image ID directly followed by the name. */
const idForm = /^(sha256:[0-9a-f]{64})(.+)$/;

const buildToken = "docker:index/RemoteImageBuild:RemoteImageBuild";

export const remoteImage: ResourceType<Engine> = {
  meta: { timeouts: { create: limitNanosec, update: limitNanosec, delete: limitNanosec } },
  sets: ["build", "pullTriggers"],
  nested: {
    [buildToken]: {
      defaults: { dockerfile: "Dockerfile", remove: true, useLegacyBuilder: false },
      renamed: {
        authConfigs: "auth_config",
        cacheFroms: "cache_from",
        cacheTos: "cache_to",
        securityOpts: "security_opt",
        tags: "tag",
        ulimits: "ulimit",
      },
    },
  },
  validate: (inputs) => [
    ...buildFaults(inputs.build).map((reason) => ({ property: "build", reason })),
    ...(isZero(inputs.build) || isZero(inputs.pullTriggers)
      ? []
      : [
          { property: "pullTriggers", reason: "an image is either built or pulled: use triggers with build" },
        ]),
  ],
  create,
  read,
  update,
  delete: remove,
};

async function create(context: Context, inputs: Properties): Promise<Found> {
  const name = text(inputs.name);
  if (isObject(inputs.build)) await build(context, name, inputs.build);
  return present(context, name, inputs);
}

async function update(context: Context, _id: string, state: Properties, inputs: Properties): Promise<Found> {
  const found = await present(context, text(inputs.name), inputs);
  const had = buildTags(state);
  const wanted = buildTags(inputs);
  for (const tag of wanted.filter((each) => !had.includes(each))) await addTag(context, found.state, tag);
  for (const tag of had.filter((each) => !wanted.includes(each)))
    await untag(context, tag, text(found.state.imageId), true);
  return found;
}

/** The image as it is on the engine, pulled if it is not there. */
async function present(context: Context, name: string, inputs: Properties): Promise<Found> {
  const there = await find(context, name);
  if (there !== undefined) return there;
  await pull(context, name, text(inputs.platform));
  const pulled = await find(context, name);
  if (pulled === undefined) throw new Error(`image "${name}" vanished right after it was pulled: run again`);
  return pulled;
}

/** An image that is imported has no state, but its ID ends with its name. */
async function read(context: Context, id: string, state: Properties): Promise<Found | undefined> {
  const name = text(state.name) || (idForm.exec(id)?.[2] ?? id);
  const found = await find(context, name);
  if (found === undefined || !isObject(state.build)) return found;
  return { ...found, state: { ...found.state, build: withZeros(buildToken, state.build) } };
}

async function find(context: Context, name: string): Promise<Found | undefined> {
  const image = await inspect(context, name);
  if (image === undefined) return undefined;
  return {
    id: image.Id + name,
    state: { name, imageId: image.Id, repoDigest: repoDigest(name, image.RepoDigests) },
  };
}

async function inspect(context: Context, reference: string): Promise<Docker.ImageInspectInfo | undefined> {
  try {
    return await context.client.ask(context.signal, (docker) => docker.getImage(reference).inspect());
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The digest under the name's own repository where the image has several. */
function repoDigest(name: string, digests: readonly string[]): string {
  const repository = name.split(":")[0] ?? name;
  return digests.find((each) => each.startsWith(repository)) ?? digests[0] ?? "";
}

/**
 * Takes the names off the image, which deletes it when nothing else uses it. A name that meanwhile stands for
 * another image is left alone: when an image is replaced, its successor has taken the name over by then.
 */
async function remove(context: Context, _id: string, state: Properties): Promise<void> {
  if (state.keepLocally === true) return;
  const imageId = text(state.imageId);
  for (const reference of [text(state.name), ...buildTags(state)])
    await untag(context, reference, imageId, state.forceRemove === true);
  const left = await inspect(context, imageId);
  if (left?.RepoTags.length === 0 && left.RepoDigests.length === 0) await removeUnused(context, imageId);
}

async function untag(context: Context, reference: string, imageId: string, force: boolean): Promise<void> {
  if ((await inspect(context, reference))?.Id !== imageId) return;
  try {
    await removeReference(context, reference, force);
  } catch (error) {
    if (isMissing(error)) return;
    if (!isConflict(error)) throw error;
    const why = error instanceof EngineError ? error.message : "";
    throw new Error(
      `image "${reference}" is still used: ${why}; remove that first, or set keepLocally or forceRemove`,
    );
  }
}

/** A nameless image may still carry containers of other stacks or layers of other images: then it stays. */
async function removeUnused(context: Context, imageId: string): Promise<void> {
  try {
    await removeReference(context, imageId, false);
  } catch (error) {
    if (!isMissing(error) && !isConflict(error)) throw error;
  }
}

async function removeReference(context: Context, reference: string, force: boolean): Promise<void> {
  await context.client.ask(context.signal, (docker, abortSignal) =>
    docker.getImage(reference).remove({ force, abortSignal }),
  );
}

async function addTag(context: Context, image: Properties, tag: string): Promise<void> {
  const at = tag.lastIndexOf(":");
  const hasVersion = at > tag.lastIndexOf("/");
  const target = hasVersion ? { repo: tag.slice(0, at), tag: tag.slice(at + 1) } : { repo: tag };
  await context.client.ask(context.signal, (docker, abortSignal) =>
    docker.getImage(text(image.imageId)).tag({ ...target, abortSignal }),
  );
}

function buildTags(properties: Properties): string[] {
  return isObject(properties.build) ? texts(properties.build.tags) : [];
}
