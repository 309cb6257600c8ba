import { createHash } from "node:crypto";
import {
  type HostNeeds,
  renderEngineSettings,
  renderFirewall,
  renderFirewallUnit,
  renderSshd,
  renderSysctl,
  renderUpgrades,
} from "./host-files.ts";

/** One thing that a host must have. All scripts are run by `sh` as root. */
export interface HostStep {
  readonly name: string;
  /** Ends with 0 when it is as it should be. Changes nothing. */
  readonly check: string;
  /** Makes it so; may be run again. */
  readonly apply: string;
  /** Run over a connection of its own after `apply`: that there can be one shows that nobody is locked out. */
  readonly confirm?: string;
}

/** Where the networks are noted that may log in, for later calls that do not name them. */
export const SSH_NETWORKS_FILE = "/etc/sso/ssh-networks";

const FIREWALL = "/etc/sso/firewall.nft";

/** Seconds after which a firewall that let nobody back in is taken away again. */
const GUARD_SEC = 60;

/** Those that bring swap back by themselves. */
const SWAP_SERVICES = ["dphys-swapfile", "swapspace", "zramswap"];

const TIME_SERVICES = ["chrony", "ntpsec", "systemd-timesyncd"];

/** All of it, in the order in which it is seen to. */
export function hostSteps(needs: HostNeeds): readonly HostStep[] {
  const { user } = needs;
  return [
    packages("packages", ["docker.io", "iptables", "nftables", "unattended-upgrades", "ca-certificates"]),
    {
      name: "time",
      check: anyOf(TIME_SERVICES, keepsTime),
      apply: `${anyOf(TIME_SERVICES, (name) => `is_installed ${name}`)} || install_packages systemd-timesyncd
for name in ${TIME_SERVICES.join(" ")}; do
  if is_installed $name; then systemctl enable --now $name; break; fi
done`,
    },
    {
      name: "security updates",
      ...files("security-updates", { "/etc/apt/apt.conf.d/52-sso": renderUpgrades() }),
    },
    {
      name: "no swap",
      check: `[ -z "$(swapon --noheadings --show=NAME)" ] && ! grep -Eq '${SWAP_LINE}' /etc/fstab && [ -z "$(swap_units)" ] &&
! systemctl is-enabled --quiet ${SWAP_SERVICES.join(" ")} 2>/dev/null`,
      apply: `for name in ${SWAP_SERVICES.join(" ")}; do
  if systemctl is-enabled --quiet $name 2>/dev/null; then systemctl disable --quiet --now $name; fi
done
swapoff --all
sed -Ei '/${SWAP_LINE}/s/^/# by npm run host, as secrets would be in it: /' /etc/fstab
systemctl daemon-reload
for unit in $(swap_units); do
  own=/etc/systemd/system/$unit # an administrator's, in whose place systemctl puts nothing
  if [ -f "$own" ]; then systemctl disable --quiet "$unit"; mv "$own" "$own.off"; fi
  systemctl mask --quiet "$unit"
done`,
    },
    {
      name: "kernel settings",
      ...files(
        "kernel-settings",
        { "/etc/sysctl.d/60-sso.conf": renderSysctl() },
        "sysctl --quiet --load=/etc/sysctl.d/60-sso.conf",
      ),
    },
    {
      name: "docker engine",
      ...files(
        "docker-engine",
        { "/etc/docker/daemon.json": renderEngineSettings(needs) },
        "systemctl enable --quiet docker\nsystemctl restart docker",
        "docker version >/dev/null 2>&1",
      ),
    },
    {
      name: `account ${user}`,
      check: `id -nG ${user} 2>/dev/null | grep -Eqw 'docker|root' && [ -s "$(home_of ${user})/.ssh/authorized_keys" ]`,
      apply: `id ${user} >/dev/null 2>&1 || useradd --create-home --shell /bin/sh ${user}
[ "$(id -u ${user})" = 0 ] || usermod --append --groups docker ${user}
keys=$(home_of ${user})/.ssh/authorized_keys
if [ ! -s "$keys" ]; then
  install -d -m 0700 -o ${user} -g "$(id -g ${user})" "$(dirname "$keys")"
  install -m 0600 -o ${user} -g "$(id -g ${user})" "$(home_of "\${SUDO_USER:-root}")/.ssh/authorized_keys" "$keys"
fi`,
    },
    {
      name: "sshd",
      ...files(
        "sshd",
        { "/etc/ssh/sshd_config.d/00-sso.conf": renderSshd(needs) },
        `if ! sshd -t; then rm /etc/ssh/sshd_config.d/00-sso.conf; exit 1; fi
systemctl reload ssh
sleep 1 # it listens anew, and nobody is let in meanwhile
for _ in $(seq 20); do ! grep -q "${listening(needs.sshPort)}" /proc/net/tcp /proc/net/tcp6 || break; sleep 0.5; done`,
      ),
      confirm: "true",
    },
    firewall(needs),
  ];
}

function firewall(needs: HostNeeds): HostStep {
  const guard = "sso-firewall-guard";
  return {
    name: "firewall",
    ...files(
      "firewall",
      {
        [SSH_NETWORKS_FILE]: `${needs.sshNetworks.join("\n")}\n`,
        [FIREWALL]: renderFirewall(needs),
        "/etc/systemd/system/sso-firewall.service": renderFirewallUnit(),
      },
      `nft --check --file ${FIREWALL}
systemctl daemon-reload
systemctl stop ${guard}.timer 2>/dev/null || true
systemd-run --quiet --collect --unit=${guard} --on-active=${GUARD_SEC} systemctl disable --now sso-firewall
systemctl enable --quiet sso-firewall
systemctl restart sso-firewall`,
      // As it was when it was set: rules that somebody added or took away show.
      "systemctl is-enabled --quiet sso-firewall && nft list table inet sso 2>/dev/null | cmp --quiet - /run/sso/firewall",
    ),
    confirm: `systemctl stop ${guard}.timer`,
  };
}

/** How a listening socket of a port is shown in /proc/net/tcp (proc(5)). */
function listening(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, "0")} 0*:0000 0A`;
}

const SWAP_LINE = "^[[:space:]]*[^#[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]+swap[[:space:]]";

function packages(name: string, wanted: readonly string[]): HostStep {
  return {
    name,
    check: wanted.map((each) => `is_installed ${each}`).join(" && "),
    apply: `install_packages ${wanted.join(" ")}`,
  };
}

/** It is on, and running wherever it can: a container has the clock of its host. */
function keepsTime(name: string): string {
  const runs = `systemctl is-active --quiet ${name} || [ "$(systemctl show --property ConditionResult --value ${name})" = no ]`;
  return `{ systemctl is-enabled --quiet ${name} 2>/dev/null && { ${runs}; }; }`;
}

function anyOf(names: readonly string[], condition: (name: string) => string): string {
  return `{ ${names.map(condition).join(" || ")}; }`;
}

/** Where it is noted what each step has put into force: a step that failed or was cut off half-way is done again. */
const DONE = "/etc/sso/done";

/** Files of root's that everybody may read, what to do when one has changed, and what must hold besides. */
function files(
  step: string,
  contents: Readonly<Record<string, string>>,
  after = "true",
  besides = "true",
): Pick<HostStep, "check" | "apply"> {
  const all = Object.entries(contents);
  const sums = all.map(([path, content]) => {
    const sum = sumOf(content);
    return `echo '${sum}  ${path}' | sha256sum --check --status 2>/dev/null`;
  });
  const done = `${DONE}/${step}`;
  const inForce = sumOf([...all.flat(), after].join("\0"));
  return {
    check: [...sums, `[ "$(cat ${done} 2>/dev/null)" = ${inForce} ]`, besides].join(" && "),
    apply: [
      `mkdir -p ${DONE}`,
      `rm -f ${done}`,
      ...all.map(([path, content]) => write(path, content)),
      after,
      `echo ${inForce} > ${done}`,
    ].join("\n"),
  };
}

function sumOf(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

function write(path: string, content: string): string {
  return `mkdir -p "$(dirname ${path})"
base64 -d > ${path}.new <<'SSO_END'
${Buffer.from(content).toString("base64")}
SSO_END
chmod 0644 ${path}.new
mv ${path}.new ${path}`;
}

/** What every script begins with. */
export const PREAMBLE = `set -eu
is_installed() { dpkg-query -W -f '\${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update
  apt-get -qq --yes --no-install-recommends -o DPkg::Lock::Timeout=300 install "$@" >/dev/null
}
home_of() { getent passwd "$1" | cut -d: -f6; }
# Units that would bring swap back, such as that of a compressed disk in memory.
swap_units() { systemctl list-unit-files --type=swap --plain --no-legend | awk '$2 != "masked" { print $1 }'; }
`;
