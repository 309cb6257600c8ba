import { spawnSync } from "node:child_process";
import {
  renderEngineSettings,
  renderFirewall,
  renderFirewallUnit,
  renderSshd,
  renderSysctl,
  renderUpgrades,
} from "../../automation/host-files.ts";
import { contains, refuseLockOut } from "../../automation/host-prepare.ts";
import { hostSteps, PREAMBLE } from "../../automation/host-steps.ts";
import { explainSsh } from "../../automation/ssh.ts";
import { sshDestination } from "../../components/host/ssh.ts";

const NEEDS = {
  user: "deploy",
  sshNetworks: ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7"],
  sshPort: 22,
  adminPorts: [15432, 18443],
  hasIpv6: true,
};

test("what a host gets", () => {
  const files = {
    engine: renderEngineSettings(NEEDS),
    firewall: renderFirewall(NEEDS),
    "firewall's unit": renderFirewallUnit(),
    sshd: renderSshd(NEEDS),
    sysctl: renderSysctl(),
    upgrades: renderUpgrades(),
  };
  expect(files).toMatchSnapshot();
});

test("an engine that no stack publishes IPv6 ports on is not asked to filter any", () => {
  expect(JSON.parse(renderEngineSettings({ hasIpv6: false }))).not.toHaveProperty("ip6tables");
});

test("a family without networks has no rule for ssh", () => {
  expect(renderFirewall({ sshNetworks: ["192.0.2.0/24"], sshPort: 22 })).not.toContain("ip6 saddr {");
});

describe("the steps that prepare a host", () => {
  const steps = hostSteps(NEEDS);

  test("have names of their own", () => {
    expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
  });

  test.each(
    steps.flatMap(({ name, check, apply, confirm = "true" }) => [
      [name, "check", check],
      [name, "apply", apply],
      [name, "confirm", confirm],
    ]),
  )("%s: %s is shell", (_name, _what, script) => {
    const { status, stderr } = spawnSync("sh", ["-n"], { input: `${PREAMBLE}${script}`, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

describe("networks that may log in", () => {
  test.each([
    ["192.0.2.0/24", "192.0.2.9", true],
    ["192.0.2.0/24", "192.0.3.9", false],
    ["192.0.2.9", "192.0.2.9", true],
    ["2001:db8::/32", "2001:db8:1::1", true],
    ["2001:db8::/32", "192.0.2.9", false],
    ["192.0.2.0/24", "2001:db8::1", false],
    ["192.0.2.0/24", "", false],
  ])("%s has %s: %s", (network, client, expected) => {
    expect(contains(network, client)).toBe(expected);
  });

  test.each(["everywhere", "192.0.2.0/33", "192.0.2.0/24; flush ruleset", ""])("%j is none", (network) => {
    expect(() => contains(network, "192.0.2.9")).toThrow(
      `--allow-ssh-from ${network}: not a network; give such as 192.0.2.0/24`,
    );
  });
});

test("every network is looked at, also after one that lets the caller in", () => {
  expect(() => {
    refuseLockOut("192.0.2.9", ["192.0.2.0/24"]);
  }).not.toThrow();
  for (const network of ["0.0.0.0/0", "::/0", "192.0.2.0/24; flush ruleset"]) {
    expect(() => {
      refuseLockOut("192.0.2.9", ["192.0.2.0/24", network]);
    }).toThrow(`--allow-ssh-from ${network}: not a network`);
  }
});

describe("what ssh complains about is said with its remedy", () => {
  const address = "ssh://deploy@sso.example.org:2222";

  test.each([
    [
      "ssh: Could not resolve hostname sso.example.org: Name or service not known",
      "there is no host of this name",
    ],
    [
      "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nOffending ED25519 key\nHost key verification failed.",
      "its host key is not the one that is known",
    ],
    [
      "No ED25519 host key is known for sso.example.org and you have requested strict checking.\nHost key verification failed.",
      "its host key is not known here: connect once by hand (ssh sso.example.org)",
    ],
    ["deploy@sso.example.org: Permission denied (publickey).", "it does not let this user in"],
    ["bind [127.0.0.1]:18443: Address already in use", "an administration port of the stack is taken"],
    ["ssh: connect to host sso.example.org port 2222: Connection refused", "no sshd listens there"],
    ["ssh: connect to host sso.example.org port 2222: Connection timed out", "it does not answer"],
    [
      "Connection to sso.example.org closed by remote host.",
      "ssh ended: Connection to sso.example.org closed",
    ],
    ["", "ssh ended without a word"],
  ])("%s", (complaint, expected) => {
    const said = explainSsh(address, complaint);
    expect(said).toContain(`${address}: ${expected}`);
    expect(said).not.toContain("\n");
  });
});

test.each([
  ["ssh://host.test", ["--", "host.test"]],
  ["ssh://deploy@host.test:2222", ["-l", "deploy", "-p", "2222", "--", "host.test"]],
  ["ssh://a%40b@192.0.2.1", ["-l", "a@b", "--", "192.0.2.1"]],
])("%s as ssh is told it", (address, expected) => {
  expect(sshDestination(address)).toEqual(expected);
});
