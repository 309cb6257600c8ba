import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { Naming } from "../../components/host/naming.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const naming = new Naming(stack.name);
const SERVICES = ["postgres", "openldap", "keycloak", "nginx", "simplesamlphp", "knot"] as const;

/** Runs a shell line in a service's container, as its user. */
function inside(service: string, line: string): { ok: boolean; out: string } {
  const { status, stdout } = spawnSync("docker", ["exec", naming.of(service), "bash", "-c", line], {
    encoding: "utf8",
  });
  return { ok: status === 0, out: stdout };
}

/** CAP_KILL, CAP_SETGID and CAP_SETUID (capability.h), without which a Postfix cannot start its daemons. */
const POSTFIX_RIGHTS = "00000000000000e0";
const NO_RIGHTS = "0".repeat(16);

test.each([
  ...SERVICES.map((service) => ({
    service,
    writable: service === "openldap" ? "/run/slapd" : "/tmp",
    user: /^Uid:\s+70\d0\s/m,
    rights: NO_RIGHTS,
  })),
  { service: "postfix", writable: "/run/sso", user: /^Uid:\s+0\s/m, rights: POSTFIX_RIGHTS },
  { service: "mail-sink", writable: "/var/mail-sink", user: /^Uid:\s+0\s/m, rights: POSTFIX_RIGHTS },
])("$service writes to $writable and no other folder, and gains no rights", ({ service, ...expected }) => {
  const { writable, user, rights } = expected;
  expect(inside(service, `touch ${writable}/probe && rm ${writable}/probe`).ok).toBe(true); // positive control
  for (const folder of ["/", "/etc", "/usr/local/bin", "/var/tmp", "/etc/sso", "/etc/sso-tls"]) {
    expect(inside(service, `touch ${folder}/probe`).ok).toBe(false);
  }
  const { out } = inside(service, "grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/self/status");
  expect(out).toMatch(user);
  expect(out).toMatch(new RegExp(`^CapEff:\\s+${rights}$`, "m"));
  expect(out).toMatch(/^NoNewPrivs:\s+1$/m);
});

describe("ways out", () => {
  // A host of our own outside Docker that knows no way to Docker's addresses, as the Internet does not.
  const namespace = `out-${stack.name}`;
  const [near, far] = ["198.51.100.1", "198.51.100.2"]; // TEST-NET-2 (RFC 5737)
  const link = stack.name.replace("test-", "vo");
  let server: ChildProcess | undefined;

  const ip = (...args: string[]): void => {
    execFileSync("ip", args);
  };

  beforeAll(async () => {
    ip("netns", "add", namespace);
    ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace);
    ip("addr", "add", `${near}/24`, "dev", link);
    ip("link", "set", link, "up");
    ip("-n", namespace, "addr", "add", `${far}/24`, "dev", "eth0");
    ip("-n", namespace, "link", "set", "eth0", "up");
    const listen = "require('net').createServer((s) => s.end()).listen(443, () => console.log('up'))";
    server = spawn("ip", ["netns", "exec", namespace, process.execPath, "-e", listen]);
    if (server.stdout !== null) await once(server.stdout, "data");
  });

  afterAll(async () => {
    if (server?.kill() === true) await once(server, "exit");
    ip("netns", "delete", namespace);
  });

  const reaches = (service: string): boolean =>
    inside(service, `timeout 3 bash -c 'exec 3<>/dev/tcp/${far}/443'`).ok;

  test("positive control: Keycloak reaches outside identity providers", () => {
    expect(reaches("keycloak")).toBe(true);
  });

  test.each(["openldap", "postgres"])("%s has none", (service) => {
    expect(reaches(service)).toBe(false);
  });
});

test("no secret of the stack shows in docker inspect or a process list", () => {
  const secrets = SERVICES.flatMap((service) =>
    inside(
      service,
      "for file in /etc/sso/*password*; do cat $file; echo; done 2>/dev/null; sed -n 's/^.*\\(password=\\|secret=\\|secret: \\)//p' /etc/sso/*.conf | tr -d '\"'",
    )
      .out.split(/\s+/)
      .filter((word) => word.length >= 32),
  );
  expect(secrets.length).toBeGreaterThanOrEqual(5); // positive control: they are there to be found
  const names = execFileSync("docker", ["ps", "--all", "--format", "{{.Names}}"], { encoding: "utf8" })
    .split("\n")
    .filter((name) => name.startsWith(naming.prefix));
  const shown = [
    execFileSync("docker", ["inspect", ...names], { encoding: "utf8" }),
    ...SERVICES.map((service) =>
      execFileSync("docker", ["top", naming.of(service), "-eo", "pid,args"], { encoding: "utf8" }),
    ),
    ...SERVICES.map((service) => inside(service, "cat /proc/1/environ").out),
  ].join("\n");
  for (const secret of secrets) expect(shown).not.toContain(secret);
});
