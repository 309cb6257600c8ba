import { type Rule, rule, shown } from "../rule.ts";
import { ifKnown } from "../unknown.ts";

const DIGEST = /^(sha256:|[^@]+@sha256:)[0-9a-f]{64}$/;

export const imageRules: readonly Rule[] = [
  rule(
    "image-by-digest",
    "a container whose image is named by a tag, which may mean another one tomorrow",
    ["container"],
    ({ inputs }) => {
      const image = ifKnown(() => inputs.image); // of an image that is yet to be built: an ID, since no one typed it
      return [
        image !== undefined &&
          !DIGEST.test(image) &&
          `image is ${shown(image)}; give an ID or NAME@sha256:DIGEST`,
      ];
    },
  ),
  rule(
    "image-of-our-own",
    "an image that is pulled by its tag instead of built from the stack's own Dockerfiles",
    ["remoteImage"],
    ({ inputs }) => [
      inputs.build === undefined &&
        !DIGEST.test(inputs.name ?? "") &&
        `${shown(inputs.name)} is pulled; build it, or give NAME@sha256:DIGEST`,
    ],
  ),
];
