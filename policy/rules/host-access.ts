import * as path from "node:path";
import { allowanceOf } from "../container.ts";
import { type Inputs, type Rule, rule, shown } from "../rule.ts";
import { ifKnown } from "../unknown.ts";

type Mount = NonNullable<Inputs<"container">["mounts"]>[number];

/** What Docker gives each container one of, unless it is told to share the host's or another container's. */
const SPACES = ["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode"] as const;

/**
 * Folders of the host with its programs, devices and keys, people's homes, and the engine's socket and data (hier(7)).
 * Nothing in them may be mounted, nor what they are in.
 */
const CLOSED = [
  "/bin",
  "/boot",
  "/dev",
  "/etc/ssh",
  "/home",
  "/lib",
  "/lib64",
  "/proc",
  "/root",
  "/run",
  "/sbin",
  "/sys",
  "/usr",
  "/var/lib/containerd",
  "/var/lib/docker",
  "/var/run",
];

export const hostAccessRules: readonly Rule[] = [
  rule(
    "host-access",
    "a container with a way into the host or another one: namespaces, devices, folders, the engine's socket",
    ["container"],
    (resource) => {
      const { inputs } = resource;
      const { hostFolders = [] } = allowanceOf(resource);
      return [
        ...SPACES.map((key) => {
          const mode = ifKnown(() => inputs[key]);
          return /^(host$|container:)/.test(mode ?? "") && `${key} is ${shown(mode)}; leave it out`;
        }),
        (inputs.devices ?? []).length > 0 && "devices are passed in; leave them out",
        (inputs.volumes ?? []).length > 0 &&
          "volumes are mounted by volumes; use mounts, which say what each is",
        ...(inputs.mounts ?? []).map((mount) => faultOf(mount, hostFolders)),
      ];
    },
  ),
  rule(
    "plain-volumes",
    "a volume that stands for a folder of the host, a device or a share",
    ["volume"],
    ({ inputs: { driver, driverOpts } }) => [
      !isPlain(driver, driverOpts) &&
        `driver is ${shown(driver)} with ${shown(driverOpts)}; leave both out, so that the data is the engine's`,
    ],
  ),
];

/** What is wrong with a mount; what stands behind a volume of the stack is the other rule's. */
function faultOf(mount: Mount, hostFolders: readonly string[]): string | undefined {
  const { type, target, readOnly, volumeOptions } = mount;
  if (type === "tmpfs") return undefined;
  if (type === "volume")
    return isPlain(volumeOptions?.driverName, volumeOptions?.driverOptions)
      ? undefined
      : `the volume at ${target} has a driver or options of its own; make a plain one and mount that`;
  const source = ifKnown(() => mount.source);
  if (!hostFolders.includes(target) || readOnly !== true)
    return `${source ?? "a folder"} of the host at ${target}; use a volume`;
  return source !== undefined && isClosed(source)
    ? `${source} of the host at ${target}; give a folder with nothing else in it, such as /srv/certificates`
    : undefined;
}

/** Whether a volume is a folder that the engine makes for it: options mount something else in its place. */
function isPlain(driver: string | undefined, options: object | undefined): boolean {
  return ["", "local"].includes(driver ?? "") && Object.keys(options ?? {}).length === 0;
}

/** Whether a folder is closed; one that is called after the engine may have its socket, wherever it lies. */
function isClosed(folder: string): boolean {
  const asked = path.posix.resolve("/", folder);
  return (
    CLOSED.some((closed) => isWithin(asked, closed) || isWithin(closed, asked)) || asked.includes("docker")
  );
}

/** Whether one folder is the other, or somewhere in it. */
function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
}
