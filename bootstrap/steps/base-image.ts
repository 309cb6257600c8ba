import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { aptInstall } from "../apt.ts";
import { docker, inspectImage } from "../docker.ts";
import { run, which } from "../exec.ts";
import { CACHE } from "../paths.ts";
import { BASE_IMAGE } from "../pins.ts";
import type { Found, Step, StepContext } from "../step.ts";

/** Seconds until a registry must have begun to answer. */
const REGISTRY_TIMEOUT_SEC = 8;

// What Debian's own slim images leave out as well; the licences stay.
const DPKG_OPTIONS = [
  ...["doc", "man", "info", "locale"].map((folder) => `path-exclude=/usr/share/${folder}/*`),
  "path-include=/usr/share/doc/*/copyright",
];

/** The Debian that our images build on: pulled by digest, or made here from Debian's packages. */
export const baseImage: Step = {
  name: "base image",
  needs: ["docker engine"],
  check: find,
  async install(context) {
    await pull(context).catch(() => {
      context.report("no registry gives it (the log says why): making it with mmdebstrap");
      return make(context);
    });
    const found = await find();
    if (found === undefined)
      throw new Error(`${BASE_IMAGE.tag} was made, but the Docker engine does not have it`);
    return found;
  },
};

async function find(): Promise<Found | undefined> {
  const image = await inspectImage(BASE_IMAGE.tag);
  if (image === undefined) return undefined;
  const isPulled = image.RepoDigests?.includes(BASE_IMAGE.reference) ?? false;
  return {
    version: `${BASE_IMAGE.tag} of ${image.Created.slice(0, "2026-01-01".length)}`,
    origin: isPulled ? BASE_IMAGE.reference : "Debian's packages, mmdebstrap",
  };
}

async function pull({ report, signal }: StepContext): Promise<void> {
  report("pulling it");
  await docker(["pull", BASE_IMAGE.reference], { signal, firstLineMs: REGISTRY_TIMEOUT_SEC * 1000 });
  await docker(["tag", BASE_IMAGE.reference, BASE_IMAGE.tag]);
}

async function make({ signal }: StepContext): Promise<void> {
  if ((await which("mmdebstrap")) === undefined) await aptInstall(["mmdebstrap"], signal);
  const archive = join(CACHE, "base-image.tar");
  await mkdir(CACHE, { recursive: true });
  const options = DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`);
  await run("mmdebstrap", ["--variant=minbase", ...options, BASE_IMAGE.suite, archive], { signal });
  await docker(["import", "--change", 'CMD ["bash"]', archive, BASE_IMAGE.tag], { signal });
  await rm(archive);
}
