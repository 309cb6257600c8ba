/** Pulling an image. */
import type { Context } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import { followProgress } from "../engine/progress.ts";
import { loginFor } from "../engine/registry.ts";
import { withinLimit } from "./limit.ts";

/**
 * @param name with tag or digest; "latest" without either
 * @param platform such as `linux/arm64`; "" for the engine's own
 * @throws naming the image, the reason and the remedy
 */
export async function pull(context: Context, name: string, platform: string): Promise<void> {
  context.status(`pulling ${name}`);
  try {
    await withinLimit(
      context,
      () => `pulling image "${name}"`,
      (signal) =>
        context.client.follow(signal, async (docker, abortSignal) => {
          const options = { ...reference(name), ...(platform === "" ? {} : { platform }), abortSignal };
          const answer = await docker.createImage(loginFor(context.client.logins, name), options);
          await followProgress(answer, ({ error }) => {
            if (error !== undefined) throw new EngineError(500, error);
          });
        }),
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(
      error.status,
      `image "${name}" is not on the Docker host and cannot be pulled: ${error.message.trim()}; ` +
        "build it, correct the name, or let the host reach the registry",
    );
  }
}

function reference(name: string): { fromImage: string; tag?: string } {
  if (name.includes("@")) return { fromImage: name };
  const at = name.lastIndexOf(":");
  return at > name.lastIndexOf("/")
    ? { fromImage: name.slice(0, at), tag: name.slice(at + 1) }
    : { fromImage: name, tag: "latest" };
}
