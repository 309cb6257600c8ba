/** A host of its own: a container with systemd and sshd, its own network, and an engine once it has been prepared. */
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { eventually } from "../../eventually.ts";
import { docker } from "../../stack/containers.ts";
import { exec, removeAll } from "../engine.ts";

const IMAGE = "sso-test/host";

/** How the host is called, in stack files and by ssh. */
export const HOST = "host.lab.test";

/** What a program said on standard output and standard error, and its exit code. */
export interface Said {
  readonly status: number;
  readonly out: string;
}

export class HostLab {
  private readonly prefix = `host-test-${process.pid}`;
  /** Holds keys, known hosts, and what is `ssh` for whoever has `environment`. */
  public readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-host-"));

  public get container(): string {
    return `${this.prefix}-host`;
  }

  /** Starts the host, as bare as it comes, in two networks: ours, and one of strangers. */
  public async start(): Promise<void> {
    docker("build", "--quiet", "--tag", IMAGE, "test/labs/host/image");
    for (const network of ["ours", "strangers"]) docker("network", "create", this.of(network));
    docker(
      ...["create", "--name", this.container, "--hostname", "host", "--network", this.of("ours")],
      // All that --privileged gives, but for what this machine may not have itself.
      ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"],
      ...["seccomp", "apparmor", "systempaths"].flatMap((each) => ["--security-opt", `${each}=unconfined`]),
      ...["--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec"],
      ...["--volume", `${this.of("docker")}:/var/lib/docker`],
      ...["--volume", "/sys/fs/cgroup:/sys/fs/cgroup"],
      IMAGE,
    );
    docker("network", "connect", this.of("strangers"), this.container);
    docker("start", this.container);
    this.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", this.file("key")]);
    await eventually("sshd runs", () => this.inside("systemctl is-active --quiet ssh").status === 0);
    const keys = ["install", "-D", "-m", "0600", "/dev/stdin", "/root/.ssh/authorized_keys"];
    exec(this.container, keys, fs.readFileSync(this.file("key.pub"), "utf8"));
    this.knowHost();
    fs.writeFileSync(
      this.file("config"),
      [
        `Host ${HOST}`,
        `  HostName ${this.addressIn("ours")}`,
        `  HostKeyAlias ${HOST}`,
        `Match all`,
        `  IdentityFile ${this.file("key")}`,
        `  IdentitiesOnly yes`,
        `  UserKnownHostsFile ${this.file("known_hosts")}`,
        "  GlobalKnownHostsFile /dev/null",
        "  ForwardAgent yes", // what an operator may have; the project's own options must win
        "  StrictHostKeyChecking no",
        "",
      ].join("\n"),
    );
    fs.mkdirSync(this.file("bin"));
    const ssh = execFileSync("sh", ["-c", "command -v ssh"], { encoding: "utf8" }).trim();
    fs.writeFileSync(this.file("bin/ssh"), `#!/bin/sh\nexec ${ssh} -F ${this.file("config")} "$@"\n`, {
      mode: 0o755,
    });
  }

  /** Takes the host's key for known, as an operator does who has compared it. */
  public knowHost(): void {
    const key = exec(this.container, ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"]);
    fs.writeFileSync(this.file("known_hosts"), `${HOST} ${key}`);
  }

  /** As if it had another key since. */
  public mistakeHost(): void {
    const key = fs.readFileSync(this.file("key.pub"), "utf8"); // any other will do
    fs.writeFileSync(this.file("known_hosts"), `${HOST} ${key}`);
  }

  /** Environment in which the host can be reached by ssh. */
  public get environment(): Record<string, string> {
    return { PATH: [this.file("bin"), process.env.PATH].join(path.delimiter) };
  }

  public file(name: string): string {
    return path.join(this.folder, name);
  }

  public of(role: string): string {
    return `${this.prefix}-${role}`;
  }

  public addressIn(network: "ours" | "strangers"): string {
    const networks = JSON.parse(
      docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", this.container),
    ) as Record<string, { IPAddress: string }>;
    return networks[this.of(network)]?.IPAddress ?? "";
  }

  /** The network of this machine, in which it has the first address. */
  public get ours(): string {
    return docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", this.of("ours"));
  }

  /** Runs a script on the host, without ssh. */
  public inside(script: string): Said {
    return this.run(["docker", "exec", this.container, "sh", "-c", script]);
  }

  /** Runs a script of `automation/` as an operator does who can reach the host. */
  public operator(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Said {
    return this.run(["node", ...words], { ...this.environment, ...environment });
  }

  /** Runs what `pulumi` is after `. bootstrap/env`. */
  public pulumi(words: readonly string[], environment: Readonly<Record<string, string>>): Said {
    return this.run(["bootstrap/pulumi", ...words], { ...this.environment, ...environment });
  }

  public ssh(...words: readonly string[]): Said {
    return this.run(["ssh", ...words], this.environment);
  }

  /** Which ports of the host take connections from a stranger. */
  public openToStrangers(ports: readonly number[]): number[] {
    const address = this.addressIn("strangers");
    const tries = ports.map(
      (port) => `(timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${port}' 2>/dev/null && echo ${port}) &`,
    );
    const { out } = this.run([
      ...["docker", "run", "--rm", "--network", this.of("strangers"), IMAGE],
      ...["bash", "-c", `${tries.join(" ")} wait`],
    ]);
    return out
      .trim()
      .split("\n")
      .map(Number)
      .sort((a, b) => a - b);
  }

  /**
   * Gives the host's engine a service's image with all its steps, as they are in the cache of this machine's: a build there
   * finds them. For the one image whose build takes longer than all the rest.
   */
  public seed(service: string): void {
    const image = `sso-test/host-${service}`;
    docker("build", "--quiet", "--tag", image, `components/${service}/image`);
    const steps = docker("history", "--quiet", image)
      .split("\n")
      .filter((id) => id !== "<missing>");
    const script = `docker save ${steps.join(" ")} | docker exec -i ${this.container} docker load`;
    execFileSync("sh", ["-c", script], { stdio: ["ignore", "ignore", "inherit"] });
  }

  public remove(): void {
    this.inside("docker ps --all --quiet | xargs --no-run-if-empty docker rm --force"); // their cgroups go with them
    removeAll(this.prefix);
    fs.rmSync(this.folder, { recursive: true });
  }

  private run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Said {
    const [command = "", ...args] = words;
    const { status, stdout, stderr } = spawnSync(command, args, {
      env: { ...process.env, ...environment },
      encoding: "utf8",
    });
    return { status: status ?? -1, out: stdout + stderr };
  }
}
