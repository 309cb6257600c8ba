import { allowanceOf, isJob, roleOf } from "../container.ts";
import { type Checked, type Inputs, type Rule, rule, shown } from "../rule.ts";
import { JOB_SEGMENTS, SEGMENTS } from "../services.ts";
import { ifKnown } from "../unknown.ts";

const MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";

/** What a container may join. */
function allowedFor(resource: Checked<Inputs<"container">>): readonly string[] {
  const { stack, inputs } = resource;
  if (!isJob(inputs)) return allowanceOf(resource).segments;
  const job = roleOf(stack, inputs.name ?? "", Object.keys(JOB_SEGMENTS));
  const segment = job === undefined ? undefined : JOB_SEGMENTS[job];
  return segment === undefined ? [] : [segment];
}

/** What the provider fills in where nothing is said: Docker's default network, unless others are listed. */
const DEFAULT_MODES = ["", "default", "bridge"];

/** Names of the networks it joins that are known; what is not known yet is checked by the update. */
function joinedBy(inputs: Inputs<"container">): string[] {
  const mode = modeOf(inputs);
  return [
    ...(inputs.networksAdvanced ?? []).map((network) => ifKnown(() => network.name)),
    ...(mode === undefined || DEFAULT_MODES.includes(mode) ? [] : [mode]),
  ].flatMap((name) => (name === undefined || name === "none" ? [] : [name]));
}

/** Whether it is left to Docker what it joins. */
function joinsDefault(inputs: Inputs<"container">): boolean {
  const mode = modeOf(inputs);
  return (inputs.networksAdvanced ?? []).length === 0 && mode !== undefined && DEFAULT_MODES.includes(mode);
}

/** `undefined` while it is not known. */
function modeOf(inputs: Inputs<"container">): string | undefined {
  return ifKnown(() => inputs.networkMode ?? "");
}

export const networkRules: readonly Rule[] = [
  rule(
    "listed-networks",
    "a network that is not one of the five, or has a way out that it should not have",
    ["network"],
    ({ stack, inputs, name }) => {
      const segment = roleOf(stack, inputs.name ?? name, Object.keys(SEGMENTS));
      const expected = segment === undefined ? undefined : SEGMENTS[segment];
      if (expected === undefined)
        return [`${inputs.name ?? name} is none of ${Object.keys(SEGMENTS).join(", ")}; use one of them`];
      return [
        !["", "bridge"].includes(inputs.driver ?? "") &&
          `driver is ${shown(inputs.driver)}; give bridge: with others it may be one of the host's own networks`,
        ...Object.keys(inputs.options ?? {}).map(
          (option) =>
            option !== MASQUERADE && `option ${option} may tie it to the host's own networks; leave it out`,
        ),
        (inputs.internal ?? false) !== expected.internal &&
          `internal must be ${String(expected.internal)} for ${segment ?? ""}`,
        !expected.masquerade &&
          inputs.options?.[MASQUERADE] !== "false" &&
          `option ${MASQUERADE} must be "false" for ${segment ?? ""}: nothing may leave by it`,
      ];
    },
  ),
  rule(
    "joined-networks",
    "a container in a network that is not its own, Docker's default network among them",
    ["container"],
    (resource) => {
      const { stack, inputs } = resource;
      const allowed = allowedFor(resource);
      return [
        joinsDefault(inputs) &&
          'no network is named, so it joins Docker\'s default one; give networkMode "none" or a network',
        ...joinedBy(inputs).map(
          (network) =>
            roleOf(stack, network, allowed) === undefined &&
            `${network} is not for it; allowed: ${allowed.length === 0 ? "none" : allowed.join(", ")}`,
        ),
      ];
    },
  ),
];
