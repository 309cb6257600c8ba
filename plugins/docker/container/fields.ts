/** The properties of a container that stand in the engine's API under one key: a table instead of code for each. */
import type { Properties, Value } from "../../core/definition.ts";
import { isObject, isZero } from "../../core/values.ts";
import { schema, zeroOf } from "../schema.ts";
import {
  askedMap,
  deviceRequests,
  devices,
  healthcheck,
  hosts,
  labels,
  mebibytes,
  plain,
  platform,
  processors,
  swap,
  throttles,
  ulimits,
  type Form,
} from "./forms.ts";
import { mounts } from "./mounts.ts";

/**
 * When the engine's value goes into the state. Environment and labels are mixed with those of the image there, and
 * other values are filled in by the engine: those count only if the program speaks of them.
 */
type Reading = "always" | "if asked" | "never";

interface Field {
  readonly property: string;
  /** In the answer to an inspection; when creating, what stands under `Config` moves to the top. */
  readonly path: string;
  readonly form: Form;
  readonly reading: Reading;
}

function field(property: string, path: string, form: Form = plain, reading: Reading = "always"): Field {
  return { property, path, form, reading };
}

export const fields: readonly Field[] = [
  field("command", "Config.Cmd"),
  field("domainname", "Config.Domainname"),
  field("entrypoints", "Config.Entrypoint"),
  field("envs", "Config.Env", plain, "never"),
  field("healthcheck", "Config.Healthcheck", healthcheck),
  field("hostname", "Config.Hostname"),
  field("labels", "Config.Labels", labels, "never"),
  field("stdinOpen", "Config.OpenStdin"),
  field("stopSignal", "Config.StopSignal"),
  field("stopTimeout", "Config.StopTimeout"),
  field("tty", "Config.Tty"),
  field("user", "Config.User"),
  field("workingDir", "Config.WorkingDir"),

  field("cgroupParent", "HostConfig.CgroupParent", plain, "never"),
  field("cgroupnsMode", "HostConfig.CgroupnsMode", plain, "never"),
  field("cpuPeriod", "HostConfig.CpuPeriod", plain, "if asked"),
  field("cpuQuota", "HostConfig.CpuQuota", plain, "if asked"),
  field("cpuSet", "HostConfig.CpusetCpus"),
  field("cpuShares", "HostConfig.CpuShares"),
  field("cpus", "HostConfig.NanoCpus", processors),
  field("deviceReadBps", "HostConfig.BlkioDeviceReadBps", throttles),
  field("deviceReadIops", "HostConfig.BlkioDeviceReadIOps", throttles),
  field("deviceRequests", "HostConfig.DeviceRequests", deviceRequests, "if asked"),
  field("deviceWriteBps", "HostConfig.BlkioDeviceWriteBps", throttles),
  field("deviceWriteIops", "HostConfig.BlkioDeviceWriteIOps", throttles),
  field("devices", "HostConfig.Devices", devices, "if asked"),
  field("dns", "HostConfig.Dns"),
  field("dnsOpts", "HostConfig.DnsOptions"),
  field("dnsSearches", "HostConfig.DnsSearch"),
  field("groupAdds", "HostConfig.GroupAdd"),
  field("hosts", "HostConfig.ExtraHosts", hosts),
  field("init", "HostConfig.Init"),
  field("ipcMode", "HostConfig.IpcMode"),
  field("logDriver", "HostConfig.LogConfig.Type"),
  field("logOpts", "HostConfig.LogConfig.Config", askedMap),
  field("maxRetryCount", "HostConfig.RestartPolicy.MaximumRetryCount"),
  field("memory", "HostConfig.Memory", mebibytes),
  field("memoryReservation", "HostConfig.MemoryReservation", mebibytes),
  field("memorySwap", "HostConfig.MemorySwap", swap),
  field("mounts", "HostConfig.Mounts", mounts),
  field("networkMode", "HostConfig.NetworkMode"),
  field("pidMode", "HostConfig.PidMode", plain, "if asked"),
  field("privileged", "HostConfig.Privileged"),
  field("publishAllPorts", "HostConfig.PublishAllPorts"),
  field("readOnly", "HostConfig.ReadonlyRootfs"),
  field("restart", "HostConfig.RestartPolicy.Name"),
  field("rm", "HostConfig.AutoRemove"),
  field("runtime", "HostConfig.Runtime"),
  field("securityOpts", "HostConfig.SecurityOpt"),
  field("shmSize", "HostConfig.ShmSize", mebibytes),
  field("storageOpts", "HostConfig.StorageOpt"),
  field("sysctls", "HostConfig.Sysctls"),
  field("tmpfs", "HostConfig.Tmpfs"),
  field("ulimits", "HostConfig.Ulimits", ulimits, "if asked"),
  field("usernsMode", "HostConfig.UsernsMode"),
  field("platform", "Platform", platform),
];

/** The engine's form of `inputs`, without what is unset, as one tree under the table's paths. */
export function toEngine(inputs: Properties, of: readonly Field[] = fields): Properties {
  const tree: Properties = {};
  for (const { property, path, form } of of) {
    const value = inputs[property] ?? null;
    if (!isZero(value)) set(tree, path.split("."), form.toEngine(value));
  }
  return tree;
}

/** What an inspection says about the properties of the table. `asked` is what the state holds, empty on import. */
export function fromEngine(inspection: Properties, asked: Properties): Properties {
  const found: Properties = {};
  const imported = isZero(asked);
  for (const { property, path, form, reading } of fields) {
    if (reading === "never" || (reading === "if asked" && !imported && isZero(asked[property]))) continue;
    const value = get(inspection, path.split("."));
    const present = value ?? unset(property);
    found[property] = present === null ? null : form.fromEngine(present, asked[property] ?? null);
  }
  return found;
}

/** What the engine leaves out of its answers: Go's zero value of the property's type. */
function unset(property: string): Value {
  return zeroOf(schema.resources["docker:index/container:Container"]?.properties[property]);
}

function get(tree: Properties, path: readonly string[]): Value {
  return path.reduce<Value>((at, key) => (isObject(at) ? (at[key] ?? null) : null), tree);
}

function set(tree: Properties, path: readonly string[], value: Value): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const below = isObject(tree[key]) ? tree[key] : {};
  tree[key] = below;
  set(below, rest, value);
}
