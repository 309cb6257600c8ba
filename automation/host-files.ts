/** Files that `npm run host` puts on a host. */

/** What of a host its stacks and operators need. */
export interface HostNeeds {
  /** Account that stacks use, a member of the group that may use Docker. */
  readonly user: string;
  /** Networks that may log in by ssh. */
  readonly sshNetworks: readonly string[];
  /** Where its sshd listens. */
  readonly sshPort: number;
  /** Administration ports, the only ones that ssh forwards. */
  readonly adminPorts: readonly number[];
  /** Whether a stack has ports on an IPv6 address. */
  readonly hasIpv6: boolean;
}

/** Ports that everyone may reach: web, mail, DNS. */
const PUBLIC_PORTS = { tcp: [25, 53, 80, 443], udp: [53] } as const;

/** Security updates every day (Debian's own settings name their origin); containers run on meanwhile (`live-restore`). */
export function renderUpgrades(): string {
  return `// Written by npm run host.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
`;
}

/**
 * Containers outlive a restart of the engine, and logs end somewhere. Nothing that shows in containers (default-ulimits
 * would): Pulumi's refresh would take it for a change. The userland proxy stays as Docker has it: clients from outside do
 * not pass it, so services see their own addresses, and the project's tests run with it.
 */
export function renderEngineSettings({ hasIpv6 }: Pick<HostNeeds, "hasIpv6">): string {
  const settings = {
    // Passes IPv6 connections on with the clients' own addresses; Debian 12's engine has it behind the first.
    ...(hasIpv6 ? { experimental: true, ip6tables: true } : {}),
    "live-restore": true,
    "log-driver": "json-file",
    "log-opts": { "max-size": "10m", "max-file": "3" },
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

/** Keys only, no agent, and nothing is forwarded but administration ports, whichever loopback address a stack has. */
export function renderSshd({ adminPorts }: Pick<HostNeeds, "adminPorts">): string {
  return `# Written by npm run host.
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowAgentForwarding no
X11Forwarding no
PermitTunnel no
GatewayPorts no
# The docker provider opens several connections at once.
MaxStartups 30:30:100
AllowTcpForwarding local
PermitOpen ${adminPorts.map((port) => `*:${port}`).join(" ")}
`;
}

/** Nobody is redirected, no address is forged, no half-open connection fills the queue. */
export function renderSysctl(): string {
  return `# Written by npm run host.
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.tcp_syncookies = 1
`;
}

/**
 * A table of its own beside Docker's: dropped in one is dropped, and Docker makes its rules anew as it likes. What comes in
 * for a published port is forwarded, not input; by then its destination is the container's, so the port asked for is
 * the one that the connection began with.
 */
export function renderFirewall({ sshNetworks, sshPort }: Pick<HostNeeds, "sshNetworks" | "sshPort">): string {
  const tcp = PUBLIC_PORTS.tcp.join(", ");
  const udp = PUBLIC_PORTS.udp.join(", ");
  const from = (family: "ip" | "ip6"): string[] => {
    const networks = sshNetworks.filter((network) => network.includes(":") === (family === "ip6"));
    return networks.length === 0
      ? []
      : [`    ${family} saddr { ${networks.join(", ")} } tcp dport ${sshPort} accept`];
  };
  return `# Written by npm run host.
table inet sso
delete table inet sso
table inet sso {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    ct state invalid drop
    iifname "lo" accept
    meta l4proto { icmp, ipv6-icmp } accept
    udp sport 67 udp dport 68 accept
    udp dport 546 ip6 saddr fe80::/10 accept
${[...from("ip"), ...from("ip6")].join("\n")}
    tcp dport { ${tcp} } accept
    udp dport { ${udp} } accept
  }
  chain forward {
    type filter hook forward priority filter - 5; policy drop;
    ct state established,related accept
    iifname { "docker*", "br-*" } accept
    ct status dnat meta l4proto tcp ct original proto-dst { ${tcp} } accept
    ct status dnat meta l4proto udp ct original proto-dst { ${udp} } accept
  }
}
`;
}

/** Sets the rules before the network is there, and notes what they look like then, by which a change is noticed. */
export function renderFirewallUnit(): string {
  return `# Written by npm run host.
[Unit]
Description=Firewall of a community SSO host
DefaultDependencies=no
Before=network-pre.target shutdown.target
Wants=network-pre.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
RuntimeDirectory=sso
RuntimeDirectoryPreserve=yes
ExecStart=/usr/sbin/nft -f /etc/sso/firewall.nft
ExecStart=/bin/sh -c "nft list table inet sso > /run/sso/firewall"
ExecStop=/usr/sbin/nft delete table inet sso

[Install]
WantedBy=sysinit.target
`;
}
