import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { aptInstall } from "../apt.ts";
import { docker, inspectImage } from "../docker.ts";
import { verifySha256 } from "../download.ts";
import { run, which } from "../exec.ts";
import { CACHE } from "../paths.ts";
import { MAVEN_PLUGIN, type MavenImage } from "../pins.ts";
import type { Found, Step, StepContext } from "../step.ts";

/** Tells which archive an image was made of, so that another version under the same tag is noticed. */
const SOURCE_LABEL = "sso.source.sha256";

/** A release archive from Maven as an image of one layer, owned by root, for `COPY --from` in Dockerfiles. */
export function mavenImage(image: MavenImage): Step {
  const archive = join(CACHE, `${image.sha256.slice(0, 12)}.tar.gz`);

  async function check(): Promise<Found | undefined> {
    const labels = (await inspectImage(image.tag))?.Config.Labels ?? {};
    if (labels[SOURCE_LABEL] !== image.sha256) return undefined;
    return { version: image.tag, origin: `Maven, ${image.coordinates}, SHA-256 verified` };
  }

  return {
    name: image.name,
    needs: ["docker engine"],
    check,
    async prepare(context) {
      if (!existsSync(archive)) await fetchArchive(image, archive, context);
    },
    async install(context) {
      context.report("importing it into the Docker engine");
      await importArchive(image, archive, context);
      await rm(archive);
      const found = await check();
      if (found === undefined)
        throw new Error(`${image.tag} was imported, but the Docker engine does not have it`);
      return found;
    },
  };
}

async function fetchArchive(
  image: MavenImage,
  archive: string,
  { report, signal }: StepContext,
): Promise<void> {
  if ((await which("mvn")) === undefined) {
    report("installing maven");
    await aptInstall(["maven"], signal);
  }
  report(`fetching ${image.coordinates}`);
  await mkdir(CACHE, { recursive: true });
  const repository = `${archive}.repository`;
  const [group = "", artifact = "", version = "", packaging = ""] = image.coordinates.split(":");
  await run(
    "mvn",
    ["-B", "-q", `-Dmaven.repo.local=${repository}`, `${MAVEN_PLUGIN}:get`, "-Dtransitive=false"].concat(
      `-Dartifact=${image.coordinates}`,
    ),
    { cwd: CACHE, signal },
  );
  const file = join(
    repository,
    group.replaceAll(".", "/"),
    artifact,
    version,
    `${artifact}-${version}.${packaging}`,
  );
  await verifySha256(file, image.sha256);
  await rename(file, archive);
  await rm(repository, { recursive: true });
}

async function importArchive(image: MavenImage, archive: string, { signal }: StepContext): Promise<void> {
  const root = `${archive}.root`;
  const layer = `${archive}.tar`;
  await rm(root, { recursive: true, force: true });
  await mkdir(join(root, image.path), { recursive: true });
  await run("tar", ["-xzf", archive, "--strip-components=1", "-C", join(root, image.path)], { signal });
  await run(
    "tar",
    ["-cf", layer, "--owner=0", "--group=0", "--numeric-owner", "--sort=name", "-C", root, "."],
    { signal },
  );
  await docker(["import", "--change", `LABEL ${SOURCE_LABEL}=${image.sha256}`, layer, image.tag], { signal });
  await Promise.all([rm(root, { recursive: true }), rm(layer)]);
}
