import { isJob, serviceOf } from "../container.ts";
import { type Inputs, type Rule, rule, shown } from "../rule.ts";
import { type Allowance, JOB_CAPABILITIES, SERVICES } from "../services.ts";

type Container = Inputs<"container">;

const allowanceOf = (inputs: Container): Allowance => SERVICES[serviceOf(inputs)] ?? { segments: [] };

/** A rule about containers that run on; jobs end. */
function ofServices(
  name: string,
  refuses: string,
  check: (inputs: Container) => readonly (string | false | undefined)[],
): Rule {
  return rule(name, refuses, ["container"], ({ inputs }) => (isJob(inputs) ? [] : check(inputs)));
}

/** Numeric user and group, neither of them root. */
const PLAIN_USER = /^[1-9]\d*:[1-9]\d*$/;

export const hardeningRules: readonly Rule[] = [
  rule("read-only-root", "a container whose root file system is writable", ["container"], ({ inputs }) => [
    // Docker refuses uploads into a read-only container; a job has no other way to get files.
    inputs.readOnly !== true &&
      !(isJob(inputs) && (inputs.uploads ?? []).length > 0) &&
      `readOnly is ${shown(inputs.readOnly)}; set it, and give folders to write to by tmpfs`,
  ]),
  rule(
    "capabilities",
    "a container that keeps capabilities it does not need, or is privileged",
    ["container"],
    ({ inputs }) => {
      const allowed = isJob(inputs) ? JOB_CAPABILITIES : (allowanceOf(inputs).capabilities ?? []);
      const added = (inputs.capabilities?.adds ?? []).filter((capability) => !allowed.includes(capability));
      return [
        inputs.privileged === true && "privileged is true; leave it out",
        !(inputs.capabilities?.drops ?? []).includes("ALL") &&
          `capabilities.drops is ${shown(inputs.capabilities?.drops)}; drop ALL`,
        added.length > 0 &&
          `capabilities.adds has ${added.join(", ")}; allowed: ${allowed.length === 0 ? "none" : allowed.join(", ")}`,
      ];
    },
  ),
  rule(
    "no-new-privileges",
    "a container whose processes may gain privileges",
    ["container"],
    ({ inputs }) => [
      !(inputs.securityOpts ?? []).includes("no-new-privileges:true") &&
        `securityOpts is ${shown(inputs.securityOpts)}; add no-new-privileges:true`,
      (inputs.securityOpts ?? []).some((option) => /unconfined|disable/.test(option)) &&
        "securityOpts turns a profile off; leave Docker's own on",
    ],
  ),
  ofServices("own-user", "a service that runs as root, but for Postfix", (inputs) => [
    !PLAIN_USER.test(inputs.user ?? "") &&
      allowanceOf(inputs).root !== true &&
      `user is ${shown(inputs.user)}; give a numeric user and group of its own, such as 7040:7040`,
  ]),
  rule(
    "host-access",
    "a container with a way into the host: its namespaces, devices or folders, the engine's socket",
    ["container"],
    ({ inputs }) => {
      const { hostFolders = [] } = allowanceOf(inputs);
      const spaces = ["networkMode", "pidMode", "ipcMode", "usernsMode"] as const;
      return [
        ...spaces.map((key) => inputs[key] === "host" && `${key} is "host"; leave it out`),
        (inputs.devices ?? []).length > 0 && "devices are passed in; leave them out",
        (inputs.volumes ?? []).length > 0 &&
          "volumes are mounted by volumes; use mounts, which say what each is",
        ...(inputs.mounts ?? []).map(
          ({ type, source, target, readOnly }) =>
            type === "bind" &&
            !(hostFolders.includes(target) && readOnly === true && !/docker/.test(source ?? "")) &&
            `${source ?? "a folder"} of the host at ${target}; use a volume`,
        ),
      ];
    },
  ),
  rule("memory-limit", "a container without a limit on memory, or with swap", ["container"], ({ inputs }) => [
    !((inputs.memory ?? 0) > 0) && "memory is not limited; give MiB",
    inputs.memorySwap !== inputs.memory &&
      `memorySwap is ${shown(inputs.memorySwap)}; give the same as memory, so that swap is not used`,
  ]),
  ofServices("process-limits", "a service without limits on processes and open files", (inputs) =>
    ["nofile", "nproc"].map(
      (limit) =>
        !(inputs.ulimits ?? []).some(({ name, hard }) => name === limit && hard > 0) &&
        `no ulimit ${limit}; give soft and hard`,
    ),
  ),
  ofServices(
    "healthcheck",
    "a service that does not say whether it can serve, or is not waited for",
    (inputs) => [
      (inputs.healthcheck?.tests ?? []).length === 0 &&
        "no healthcheck; give a command that exits 0 while it serves",
      inputs.healthcheck?.tests?.[0] === "NONE" && "its image's healthcheck is turned off",
      inputs.wait !== true && `wait is ${shown(inputs.wait)}; an update must wait until it is healthy`,
    ],
  ),
  ofServices("log-rotation", "a service whose log fills the disk", (inputs) => [
    (inputs.logDriver !== "json-file" || !inputs.logOpts?.["max-size"] || !inputs.logOpts["max-file"]) &&
      `logDriver is ${shown(inputs.logDriver)} with ${shown(inputs.logOpts)}; give json-file with max-size and max-file`,
  ]),
  rule(
    "restart-policy",
    "a service that stays down after a crash or the host's restart",
    ["container"],
    ({ inputs }) => [
      !isJob(inputs) &&
        inputs.restart !== "unless-stopped" &&
        `restart is ${shown(inputs.restart)}; give unless-stopped`,
    ],
  ),
];
