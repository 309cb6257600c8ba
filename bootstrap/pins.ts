import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./paths.ts";

/** The Debian that all our images are built on, under the name that Dockerfiles use. */
export const BASE_IMAGE = {
  tag: "sso/base:bookworm-20260918",
  suite: "bookworm",
  /** The index (all architectures) of `debian:bookworm-20260918-slim`, as docker-library/repo-info records it. */
  reference: "debian@sha256:3783cc01769c7b2b1b83a5c5ad96c815348e28ed7da68e2e3687004faa906251",
} as const;

/** A release that comes from Maven and stands in the engine as an image, so that Dockerfiles can `COPY --from` it. */
export interface MavenImage {
  readonly name: string;
  readonly tag: string;
  /** `group:artifact:version:packaging`; a `tar.gz` whose single top folder becomes `path`. */
  readonly coordinates: string;
  /** Of the archive, computed from the file whose SHA-1 Maven Central publishes. */
  readonly sha256: string;
  /** Where the image has it. */
  readonly path: string;
}

export const KEYCLOAK: MavenImage = {
  name: "keycloak distribution",
  tag: "sso/keycloak-dist:26.7.4",
  coordinates: "org.keycloak:keycloak-quarkus-dist:26.7.4:tar.gz",
  sha256: "04823c336b797a7e18889a44262a7a64e6bf624cbbcc518c85e2622176ff2eee",
  path: "/opt/keycloak",
};

/** Client that fetches single artefacts from Maven repositories. */
export const MAVEN_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3";

/** The CLI as a Go package, and its version in `tools/go.mod`. */
export const CLI_PACKAGE = `${PACKAGE}/cmd/pulumi`;

export function cliVersion(goMod = readFileSync(join(ROOT, "tools/go.mod"), "utf8")): string {
  const version = goMod
    .split(/\s+/)
    .find((_, word, words) => words[word - 1] === PACKAGE)
    ?.slice("v".length);
  if (version === undefined)
    throw new Error(`tools/go.mod: no version of ${PACKAGE}; run: go get -tool ${CLI_PACKAGE}@vX.Y.Z`);
  return version;
}

/** Resource plugins by name with the versions of the SDKs in `package.json`; the two must always be the same. */
export function pluginVersions(): ReadonlyMap<string, string> {
  const names = ["docker", "keycloak", "postgresql", "random"];
  return new Map(names.map((name) => [name, dependencyVersion(`@pulumi/${name}`)]));
}

/** Version of Pulumi's SDK, and of the language host that belongs to it. */
export function sdkVersion(): string {
  return dependencyVersion("@pulumi/pulumi");
}

function dependencyVersion(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const version = dependencies[name];
  if (version === undefined)
    throw new Error(`package.json: no dependency ${name}; add it with an exact version`);
  return version;
}

/** One digest over the files that match, so that a step sees when its source has changed. */
export async function fingerprint(...patterns: readonly string[]): Promise<string> {
  const files: string[] = [];
  for await (const file of glob([...patterns], { cwd: ROOT })) files.push(file);
  const hash = createHash("sha256");
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update("\0");
  return hash.digest("hex");
}
