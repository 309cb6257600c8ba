/** Faults in a container's inputs that the schema cannot express. */
import { UNKNOWN, type Properties, type Value } from "../../core/definition.ts";
import { isKnown, isZero } from "../../core/values.ts";
import { blocks, text, texts } from "../values.ts";
import { parseDuration } from "./duration.ts";
import { volumeFault } from "./volumes.ts";

interface Fault {
  readonly property: string;
  readonly reason: string;
}

interface Rule {
  /** A property, or one of every element of a list: `mounts.type`. */
  readonly path: string;
  readonly allowed: string;
  readonly holds: (value: Value) => boolean;
}

function oneOf(path: string, ...values: readonly string[]): Rule {
  return { path, allowed: `one of ${values.join(", ")}`, holds: (value) => values.includes(text(value)) };
}

function pattern(path: string, form: RegExp, allowed: string): Rule {
  return { path, allowed, holds: (value) => form.test(text(value)) };
}

function atLeast(path: string, least: number): Rule {
  return {
    path,
    allowed: `at least ${String(least)}`,
    holds: (value) => typeof value === "number" && value >= least,
  };
}

function duration(path: string): Rule {
  return {
    path,
    allowed: 'a duration such as "30s" or "1m30s"',
    holds: (value) => parseDuration(text(value)) !== undefined,
  };
}

const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** For values that are given; what is unset or not yet known is left out. */
const rules: readonly Rule[] = [
  oneOf("restart", "no", "on-failure", "always", "unless-stopped"),
  oneOf("mounts.type", "bind", "volume", "tmpfs"),
  oneOf("cgroupnsMode", "private", "host"),
  oneOf("ports.protocol", "tcp", "udp", "sctp"),
  pattern("uploads.permissions", /^0[0-7]{3}$/, "four octal digits such as 0400"),
  pattern("cpuSet", /^\d+([,-]\d+)*$/, "processors such as 0-2,4"),
  pattern("cpus", /^\d+(\.\d+)?$/, "a number of processors such as 1.5"),
  pattern("volumes.hostPath", /^(\/|[A-Za-z]:[\\/])/, "an absolute path"),
  pattern("volumes.selinuxRelabel", /^[zZ]$/, "z or Z"),
  atLeast("memory", 0),
  atLeast("memoryReservation", 0),
  atLeast("memorySwap", -1),
  atLeast("shmSize", 0),
  atLeast("cpuShares", 0),
  atLeast("cpuPeriod", 0),
  atLeast("cpuQuota", 0),
  duration("healthcheck.interval"),
  duration("healthcheck.timeout"),
  duration("healthcheck.startPeriod"),
  duration("healthcheck.startInterval"),
];

/** All faults at once. */
export function validate(inputs: Properties): Fault[] {
  return [
    ...rules.flatMap((rule) => broken(rule, inputs)),
    ...blocks(inputs.uploads).flatMap(uploadFaults),
    ...blocks(inputs.volumes).filter(isKnown).flatMap(volumeFaults),
    ...wholeFaults(inputs),
  ];
}

function broken({ path, allowed, holds }: Rule, inputs: Properties): Fault[] {
  const [property = "", inner] = path.split(".");
  const outer = inputs[property] ?? null;
  const values = inner === undefined ? [outer] : elements(outer).map((each) => each[inner] ?? null);
  return values
    .filter((value) => !isZero(value) && value !== UNKNOWN && !holds(value))
    .map((value) => ({ property: path, reason: `${JSON.stringify(value)} is not allowed: ${allowed}` }));
}

/** The elements of a list, or a single object as a list of one. */
function elements(value: Value): Properties[] {
  return blocks(Array.isArray(value) ? value : [value]);
}

function uploadFaults(upload: Properties): Fault[] {
  const faults: Fault[] = [];
  const sources = ["content", "contentBase64", "source"] as const;
  if (sources.filter((source) => !isZero(upload[source])).length !== 1)
    faults.push({
      property: "uploads",
      reason: `${text(upload.file)}: give exactly one of ${sources.join(", ")}`,
    });
  // Not shown: what is in a file may be a secret.
  const { contentBase64 = null } = upload;
  if (contentBase64 !== UNKNOWN && !base64.test(text(contentBase64)))
    faults.push({
      property: "uploads.contentBase64",
      reason: `the content of ${text(upload.file)} is not base64`,
    });
  return faults;
}

function volumeFaults(volume: Properties): Fault[] {
  const reason = volumeFault(volume);
  return reason === undefined ? [] : [{ property: "volumes", reason }];
}

/** Faults between properties. */
function wholeFaults(inputs: Properties): Fault[] {
  const faults: Fault[] = [];
  if (inputs.readOnly === true && !isZero(inputs.uploads))
    faults.push({
      property: "uploads",
      reason: "a container with readOnly takes no uploads: put the files into a volume",
    });
  if (texts(inputs.command).includes(""))
    faults.push({ property: "command", reason: "an argument may not be empty" });
  if (!isZero(inputs.gpus))
    faults.push({
      property: "gpus",
      reason: "not supported by the built-in docker plugin: use deviceRequests",
    });
  return faults;
}
