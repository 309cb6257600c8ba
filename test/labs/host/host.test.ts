import { once } from "node:events";
import * as net from "node:net";
import { spawn } from "node:child_process";
import { Naming } from "../../../components/host/naming.ts";
import {
  environmentOf,
  newThrowaway,
  removeThrowaway,
  SUFFIX,
  writeStackFile,
} from "../../stack/throwaway.ts";
import { eventually } from "../../eventually.ts";
import { HOST, HostLab, type Said } from "./lab.ts";

const lab = new HostLab();
const ROOT = `ssh://root@${HOST}`;
const STEPS = [
  ...["packages", "time", "security updates", "no swap", "kernel settings", "docker engine"],
  ...["account deploy", "sshd", "firewall", "images to build on"],
];

/** `npm run host -- prepare` without the bootstrap. */
const prepare = (...words: string[]): Said => lab.operator(["automation/host.ts", "prepare", ROOT, ...words]);

/** What a preparation says when this became of these steps, and all others were as they should be. */
const said = (result: string, steps: readonly string[]): string =>
  STEPS.map((step) => `${step}: ${steps.includes(step) ? result : "ok"}\n`).join("");

beforeAll(() => lab.start());
afterAll(() => {
  lab.remove();
});

describe("a bare host", () => {
  test("is not touched without a word on who may log in, nor when the caller would be locked out", () => {
    expect(prepare()).toEqual({
      status: 1,
      out: expect.stringMatching(
        /^error: say which networks may log in by ssh: --allow-ssh-from [\d.]+,…/,
      ) as unknown,
    });
    const { status, out } = prepare("--allow-ssh-from", "198.51.100.0/24");
    expect(status).toBe(1);
    expect(out).toMatch(
      /^error: the host sees you come from [\d.]+, which is in none of 198\.51\.100\.0\/24: you would/,
    );
    expect(lab.inside("ls /etc/sso").status).not.toBe(0);
  });

  test("--check says what would change, ends with 2 and changes nothing", () => {
    const { status, out } = prepare("--allow-ssh-from", lab.ours, "--check");
    expect({ status, out }).toEqual({
      status: 2,
      out: said(
        "would change",
        STEPS.filter((step) => step !== "no swap"),
      ),
    });
    expect(lab.inside("command -v dockerd || ls /etc/sso").status).not.toBe(0);
  });

  test("whose disk is full: one message", () => {
    lab.inside("mkdir -p /var/lib/docker && mount -t tmpfs -o size=100m tmpfs /var/lib/docker");
    const { status, out } = prepare("--allow-ssh-from", lab.ours);
    expect(status).toBe(1);
    expect(out).toContain(
      `\nerror: the disk of ssh://deploy@${HOST} is full: free some, and run this again\n`,
    );
    lab.inside("systemctl stop docker docker.socket && umount /var/lib/docker && systemctl start docker");
  });

  test("is prepared from wherever that stopped, and then there is nothing to do", () => {
    expect(prepare()).toEqual({ status: 0, out: said("changed", ["images to build on"]) });
    expect(prepare("--check")).toEqual({ status: 0, out: said("", []) });
    expect(prepare()).toEqual({ status: 0, out: said("", []) });
  });
});

/** Has a unit of the administrator's own started, now and always. */
function unit(name: string, text: string): string {
  const file = `${text}\n[Install]\nWantedBy=multi-user.target\n`;
  return `printf '${file.replaceAll("\n", "\\n")}' > /etc/systemd/system/${name}; systemctl enable --now ${name}`;
}

describe("a host that was prepared", () => {
  test("what somebody changed is seen and put right", () => {
    lab.inside(
      "echo ' /dev/sdb none swap sw 0 0' >> /etc/fstab; nft add rule inet sso input accept; rm /etc/docker/daemon.json",
    );
    lab.inside(unit("var-swapfile.swap", "[Swap]\nWhat=/var/swapfile"));
    lab.inside(unit("swapspace.service", "[Service]\nExecStart=sleep infinity"));
    const changed = ["no swap", "docker engine", "firewall"];
    expect(prepare("--check")).toEqual({ status: 2, out: said("would change", changed) });
    expect(prepare()).toEqual({ status: 0, out: said("changed", changed) });
    expect(lab.inside("grep swap /etc/fstab").out).toMatch(/^# by npm run host/);
    expect(lab.inside("systemctl is-enabled var-swapfile.swap swapspace").out).toBe("masked\ndisabled\n");
    expect(lab.inside("systemctl is-active swapspace").out).toBe("inactive\n");
  });

  test.each([
    {
      step: "kernel settings",
      settings: "/etc/sysctl.d/60-sso.conf",
      hinder: "echo '#!/bin/false' > /usr/local/sbin/sysctl; chmod +x /usr/local/sbin/sysctl",
      mend: "rm /usr/local/sbin/sysctl",
    },
    {
      step: "docker engine",
      settings: "/etc/docker/daemon.json",
      hinder: "systemctl mask docker",
      mend: "systemctl unmask docker",
    },
  ])("$step that were put in place but not into force are seen, and done again", (fault) => {
    const { step, settings, hinder, mend } = fault;
    lab.inside(`${hinder}; rm ${settings}`);
    expect(prepare().status).toBe(1);
    lab.inside(mend);
    expect(lab.inside(`ls ${settings}`).status).toBe(0); // control: the file alone says nothing
    expect(prepare("--check")).toEqual({ status: 2, out: said("would change", [step]) });
    expect(prepare()).toEqual({ status: 0, out: said("changed", [step]) });
    expect(prepare("--check")).toEqual({ status: 0, out: said("", []) });
  });

  test("every service that it needs is on, also after the next start", () => {
    const units = [
      "docker",
      "sso-firewall",
      "systemd-timesyncd",
      "unattended-upgrades",
      "apt-daily-upgrade.timer",
    ];
    expect(lab.inside(`systemctl is-enabled ${units.join(" ")}`).out).toBe("enabled\n".repeat(units.length));
    expect(lab.inside("apt-config dump | grep Periodic::Unattended-Upgrade").out).toContain('"1"');
    expect(lab.inside("docker info --format '{{.LiveRestoreEnabled}}'").out).toBe("true\n");
  });

  test("lets strangers reach the public ports only, whatever is published, and ssh not at all", async () => {
    const address = lab.addressIn("strangers");
    const ports = [25, 53, 80, 443, 8080];
    const published = ports.map((port) => `-p ${address}:${port}:80`).join(" ");
    const serve =
      "perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 80, Listen => 9); 1 while $s->accept'";
    const run = lab.inside(`docker run -d --name web ${published} sso/base:bookworm-20260918 ${serve}`);
    expect(run.status).toBe(0);
    const connect = `bash -c 'exec 3<>/dev/tcp/${address}/80'`;
    await eventually("the web server listens", () => lab.inside(connect).status === 0);
    try {
      const reached = (): number[] => lab.openToStrangers([22, ...ports]);
      expect(reached()).toEqual([25, 53, 80, 443]);
      lab.inside("systemctl stop sso-firewall");
      expect(reached()).toEqual([22, 25, 53, 80, 443, 8080]); // what would be without it
      lab.inside("systemctl start sso-firewall");
      expect(reached()).toEqual([25, 53, 80, 443]);
    } finally {
      lab.inside("docker rm --force web");
    }
  });

  test("forwards no agent, and no port but those of administration", () => {
    expect(
      lab.inside("sshd -T | grep -E '^(allowagent|password|x11f)'").out.trim().split("\n").sort(),
    ).toEqual(["allowagentforwarding no", "passwordauthentication no", "x11forwarding no"]);
    const through = (port: number): string => lab.ssh("-W", `127.0.0.1:${port}`, `deploy@${HOST}`).out;
    expect(through(22)).toContain("administratively prohibited");
    expect(through(15432)).toContain("Connection refused"); // by nobody who listens there yet
  });
});

/** Within which an engine without a cache has built a stack's images. */
const IMAGES_MS = 240_000;

describe("a stack on it", () => {
  const stack = newThrowaway();
  const environment = environmentOf(stack);
  const hostSettings = {
    docker: `ssh://deploy@${HOST}`,
    bindAddress: "127.0.0.1",
    adminAddress: stack.address,
  };

  const write = (host: Readonly<Record<string, unknown>> = {}): void => {
    writeStackFile(stack, {
      domain: stack.domain,
      host: { ...hostSettings, ...host },
      protect: false,
      openldap: { suffix: SUFFIX, seed: "components/openldap/seeds/dev.ldif" },
      realms: [{ kind: "directory", name: "community", displayName: "Community" }],
    });
  };
  const up = (): Said => lab.operator(["automation/up.ts", stack.name], environment);
  const pulumi = (...words: string[]): Said => lab.pulumi([...words, "--stack", stack.name], environment);

  /** What of the stack is on the host. */
  const things = (): string[] => {
    const { prefix } = new Naming(stack.name);
    const lists = [
      "ps -a --format {{.Names}}",
      "network ls --format {{.Name}}",
      "volume ls -q",
      "images --format {{.Repository}}",
    ];
    const { out } = lab.inside(
      lists.map((list) => `docker ${list.replaceAll(/\{.*\}/g, "'$&'")}`).join("; "),
    );
    return out.split("\n").filter((name) => name.startsWith(prefix));
  };

  beforeAll(() => {
    lab.seed("keycloak");
    write();
  });
  afterAll(() => {
    removeThrowaway(stack);
  });

  test("no such host: one message", () => {
    write({ docker: "ssh://deploy@nowhere.lab.test" });
    expect(up()).toEqual({
      status: 1,
      out: expect.stringMatching(
        /^error: ssh:\/\/deploy@nowhere\.lab\.test: there is no host of this name: .*\n$/,
      ) as unknown,
    });
    write();
  });

  test("a host with another key: one message, by plain pulumi too", () => {
    lab.mistakeHost();
    const message = new RegExp(
      `^error: ssh://deploy@${HOST}: its host key is not the one that is known: .*\\n$`,
    );
    expect(up()).toEqual({ status: 1, out: expect.stringMatching(message) as unknown });
    expect(pulumi("preview")).toEqual({ status: 1, out: expect.stringMatching(message) as unknown });
    lab.knowHost();
  });

  test("an administration port that is taken here: one message", async () => {
    const squatter = net.createServer().listen(18443, stack.address);
    await once(squatter, "listening");
    const { status, out } = up();
    squatter.close();
    expect(status).toBe(1);
    expect(out).toMatch(/^error: .*an administration port of the stack is taken on this machine: .*\n$/);
  });

  test("a connection that is cut in the middle of up is said clearly", async () => {
    const running = spawn("node", ["automation/up.ts", stack.name], {
      env: { ...process.env, ...lab.environment, ...environment },
    });
    let said = "";
    for (const stream of [running.stdout, running.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = once(running, "exit");
    const isThere = (): boolean => {
      if (running.exitCode !== null) throw new Error(said);
      return things().includes(`sso-${stack.name}-postgres`);
    };
    await eventually("a Postgres is made", isThere, { withinMs: IMAGES_MS });
    lab.inside("systemctl stop ssh; pkill --uid deploy --exact sshd");
    expect(await ended).toEqual([1, null]);
    expect(said.slice(said.lastIndexOf("error: the"))).toMatch(
      new RegExp(
        `^error: the connection to the stack's host was cut \\(ssh://deploy@${HOST}: ssh ended.*\\)\\. Check the host`,
      ),
    );
  }, 600_000);

  test("the next up converges", () => {
    lab.inside("systemctl start ssh");
    const { status, out } = up();
    expect({ status, said: out.slice(-3000) }).toEqual({
      status: 0,
      said: expect.stringContaining("is up: ") as unknown,
    });
  });

  test("plain pulumi finds nothing to change, neither before nor after it has asked the servers", () => {
    for (const words of [["preview"], ["refresh", "--yes"], ["preview"]]) {
      const { status, out } = pulumi(...words, "--expect-no-changes", "--non-interactive");
      expect({ words, status, out: status === 0 ? "" : out }).toEqual({ words, status: 0, out: "" });
    }
  });

  test("commands reach its containers and its administration ports", () => {
    const { out, status } = lab.operator(["automation/status.ts", stack.name], environment);
    expect({ status, out }).toEqual({
      status: 0,
      out: expect.stringMatching(/^keycloak +healthy/m) as unknown,
    });
    expect(lab.operator(["automation/sync.ts", stack.name], environment).out).toMatch(
      /realm community: .* updated/,
    );
  });

  test("destroy leaves nothing on it, and no connection stays", async () => {
    expect(pulumi("destroy", "--yes", "--non-interactive")).toMatchObject({ status: 0 });
    expect(things()).toEqual([]);
    // It lingers for a second.
    await eventually("nothing of deploy's runs", () => lab.inside("pgrep --uid deploy").status === 1, {
      withinMs: 20_000,
    });
  });
});
