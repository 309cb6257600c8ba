import { Naming } from "../../components/host/naming.ts";
import { allowanceOf, isJob } from "../container.ts";
import { type Checked, type Inputs, type Rule, rule, shown } from "../rule.ts";
import { JOB_CAPABILITIES } from "../services.ts";

/** A rule about containers that run on; jobs end. */
function ofServices(
  name: string,
  refuses: string,
  check: (resource: Checked<Inputs<"container">>) => readonly (string | false | undefined)[],
): Rule {
  return rule(name, refuses, ["container"], (resource) => (isJob(resource.inputs) ? [] : check(resource)));
}

/** Numeric user and group, neither of them root. */
const PLAIN_USER = /^[1-9]\d*:[1-9]\d*$/;

/** Numeric group, not root's; the image decides which one a name means. */
const PLAIN_GROUP = /^[1-9]\d*$/;

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
    (resource) => {
      const { inputs } = resource;
      const allowed = isJob(inputs) ? JOB_CAPABILITIES : (allowanceOf(resource).capabilities ?? []);
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
  ofServices(
    "own-name",
    "a service whose container is not called after its stack and its host name",
    ({ stack, inputs: { name, hostname } }) => [
      hostname !== undefined &&
        name !== new Naming(stack).of(hostname) &&
        `name is ${shown(name)}; give ${new Naming(stack).of(hostname)}, or what ${hostname} may do is not for it`,
    ],
  ),
  ofServices("own-user", "a service that runs as root, but for Postfix, or in root's group", (resource) => {
    const { user, groupAdds = [] } = resource.inputs;
    return [
      !PLAIN_USER.test(user ?? "") &&
        allowanceOf(resource).root !== true &&
        `user is ${shown(user)}; give a numeric user and group of its own, such as 7040:7040`,
      !groupAdds.every((group) => PLAIN_GROUP.test(group)) &&
        `groupAdds is ${shown(groupAdds)}; give numbers of groups, not root's 0`,
    ];
  }),
  rule("memory-limit", "a container without a limit on memory, or with swap", ["container"], ({ inputs }) => [
    !((inputs.memory ?? 0) > 0) && "memory is not limited; give MiB",
    inputs.memorySwap !== inputs.memory &&
      `memorySwap is ${shown(inputs.memorySwap)}; give the same as memory, so that swap is not used`,
  ]),
  rule(
    "process-limits",
    "a container without limits on processes and open files",
    ["container"],
    ({ inputs }) =>
      ["nofile", "nproc"].map(
        (limit) =>
          !(inputs.ulimits ?? []).some(({ name, hard }) => name === limit && hard > 0) &&
          `no ulimit ${limit}; give soft and hard`,
      ),
  ),
  ofServices(
    "healthcheck",
    "a service that does not say whether it can serve, or is not waited for",
    ({ inputs }) => [
      (inputs.healthcheck?.tests ?? []).length === 0 &&
        "no healthcheck; give a command that exits 0 while it serves",
      inputs.healthcheck?.tests?.[0] === "NONE" && "its image's healthcheck is turned off",
      inputs.wait !== true && `wait is ${shown(inputs.wait)}; an update must wait until it is healthy`,
    ],
  ),
  rule("log-rotation", "a container whose log fills the disk", ["container"], ({ inputs }) => [
    (inputs.logDriver !== "json-file" || !inputs.logOpts?.["max-size"] || !inputs.logOpts["max-file"]) &&
      `logDriver is ${shown(inputs.logDriver)} with ${shown(inputs.logOpts)}; give json-file with max-size and max-file`,
  ]),
  ofServices(
    "restart-policy",
    "a service that stays down after a crash or the host's restart",
    ({ inputs }) => [
      inputs.restart !== "unless-stopped" && `restart is ${shown(inputs.restart)}; give unless-stopped`,
    ],
  ),
];
