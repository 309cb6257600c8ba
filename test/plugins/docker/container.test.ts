import { text } from "../../../plugins/docker/values.ts";
import type { Properties } from "../../../plugins/core/definition.ts";
import {
  call,
  check,
  cleanUp,
  context,
  docker,
  exists,
  image,
  provider,
  sleeper,
  type,
  unique,
} from "./support.ts";

const container = type("Container");
const network = type("Network");
const token = "docker:index/container:Container";

afterAll(cleanUp);

async function output(id: string, ...command: string[]): Promise<string> {
  const exec = await docker
    .getContainer(id)
    .exec({ Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true });
  const chunks: Buffer[] = [];
  for await (const chunk of await exec.start({ Tty: true })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString().trim();
}

describe("a container with everything", () => {
  const at = context();
  const name = unique("full");
  const net = unique("net");
  const inputs: Properties = sleeper(name, {
    hostname: "full",
    user: "1000:1000",
    workingDir: "/tmp",
    envs: ["A=1", "B=two words"],
    labels: [{ label: "stack", value: "test" }],
    networksAdvanced: [{ name: net, aliases: ["full", "alias"], ipv4Address: "10.252.30.10" }],
    ports: [{ internal: 8080, ip: "127.0.0.1", protocol: "tcp" }],
    mounts: [{ type: "tmpfs", target: "/run", tmpfsOptions: { sizeBytes: 1048576, mode: 0o1777 } }],
    tmpfs: { "/scratch": "rw,size=65536k" },
    uploads: [
      { file: "/etc/test/config", content: "key = value\n" },
      { file: "/etc/test/secret", content: "secret", permissions: "0400" },
      { file: "/etc/test/run", contentBase64: "IyEvYmluL3NoCg==", executable: true },
    ],
    capabilities: { adds: ["CHOWN"], drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    memory: 64,
    memorySwap: 64,
    cpus: "0.5",
    shmSize: 16,
    ulimits: [{ name: "nofile", soft: 1024, hard: 2048 }],
    init: true,
    restart: "unless-stopped",
    logDriver: "json-file",
    logOpts: { "max-size": "1m" },
    dns: ["127.0.0.1"],
    hosts: [{ host: "example.test", ip: "127.0.0.1" }],
    sysctls: { "net.core.somaxconn": "256" },
    groupAdds: ["4000"],
    healthcheck: check("CMD", "true"),
    wait: true,
    destroyGraceSeconds: 1,
  });
  let id = "";
  let state: Properties = {};

  beforeAll(async () => {
    await network.create(at, { name: net, ipamConfigs: [{ subnet: "10.252.30.0/24" }] });
    ({ id, state } = await container.create(at, inputs));
  });

  it("is what the engine was asked for", async () => {
    const {
      Config: config,
      HostConfig: host,
      NetworkSettings: settings,
      State: now,
    } = await docker.getContainer(id).inspect();
    expect(now.Health?.Status).toBe("healthy");
    expect(config).toMatchObject({ Hostname: "full", User: "1000:1000", WorkingDir: "/tmp" });
    expect(config.Env).toEqual(expect.arrayContaining(["A=1", "B=two words"]));
    expect(config.Labels).toEqual({ stack: "test" });
    expect(host).toMatchObject({
      Memory: 64 * 1024 * 1024,
      MemorySwap: 64 * 1024 * 1024,
      NanoCpus: 5e8,
      ShmSize: 16 * 1024 * 1024,
      CapAdd: ["CAP_CHOWN"],
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges:true"],
      Init: true,
      RestartPolicy: { Name: "unless-stopped" },
      LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
      Dns: ["127.0.0.1"],
      ExtraHosts: ["example.test:127.0.0.1"],
      Sysctls: { "net.core.somaxconn": "256" },
      GroupAdd: ["4000"],
      NetworkMode: "bridge",
    });
    expect(Object.keys(settings.Networks)).toEqual([net]);
    expect(settings.Networks[net]).toMatchObject({ IPAddress: "10.252.30.10" });
    expect(settings.Networks[net]?.Aliases).toEqual(expect.arrayContaining(["full", "alias"]));
  });

  it("holds the uploaded files with their modes", async () => {
    expect(
      await output(id, "stat", "-c", "%n %a %u", "/etc/test/config", "/etc/test/secret", "/etc/test/run"),
    ).toBe("/etc/test/config 644 0\r\n/etc/test/secret 400 0\r\n/etc/test/run 744 0");
    expect(await output(id, "cat", "/etc/test/config")).toBe("key = value");
    expect(await output(id, "cat", "/etc/test/run")).toBe("#!/bin/sh");
  });

  it("is described as the official plugin describes it", async () => {
    const [port] = state.ports as { external: number }[];
    expect(port).toMatchObject({ internal: 8080, ip: "127.0.0.1", protocol: "tcp" });
    expect(port?.external).toBeGreaterThan(0);
    expect(state).toMatchObject({
      name,
      image,
      bridge: "",
      command: ["sleep", "600"],
      memory: 64,
      cpus: "0.5",
      tmpfs: { "/scratch": "rw,size=65536k" },
      ulimits: [{ name: "nofile", soft: 1024, hard: 2048 }],
      healthcheck: check("CMD", "true"),
    });
    expect(state.networkDatas).toEqual([
      expect.objectContaining({ networkName: net, ipAddress: "10.252.30.10" }),
    ]);
    expect((await container.read(at, id, { ...inputs, ...state }))?.state).toEqual(state);
  });

  it("changes limits and restart policy in place", async () => {
    const changed = { ...inputs, memory: 96, memorySwap: 96, restart: "always", cpuShares: 512 };
    const found = await container.update?.(at, id, { ...inputs, ...state }, changed);
    expect(found?.id).toBe(id);
    expect(found?.state).toMatchObject({ memory: 96, memorySwap: 96, restart: "always", cpuShares: 512 });
    const { HostConfig: host } = await docker.getContainer(id).inspect();
    expect(host).toMatchObject({
      Memory: 96 * 1024 * 1024,
      CpuShares: 512,
      RestartPolicy: { Name: "always" },
    });
  });

  it("shows a network taken away by hand", async () => {
    await docker.getNetwork(net).disconnect({ Container: id });
    const found = await container.read(at, id, { ...inputs, ...state });
    expect(found?.state.networksAdvanced).toEqual([]);
  });

  it("is deleted, and a second deletion is fine", async () => {
    await container.delete(at, id, { ...inputs, ...state });
    expect(await exists(id)).toBe(false);
    await container.delete(at, id, { ...inputs, ...state });
    expect(await container.read(at, id, state)).toBeUndefined();
  });
});

describe("a container's life", () => {
  it("shows as stopped when stopped by hand, and the update starts it", async () => {
    const at = context();
    const inputs = sleeper(unique("stopped"), {
      ports: [{ internal: 80, ip: "127.0.0.1", protocol: "tcp" }],
    });
    const made = await container.create(at, inputs);
    await docker.getContainer(made.id).kill();
    const stopped = await container.read(at, made.id, { ...inputs, ...made.state });
    expect(stopped?.state).toMatchObject({ mustRun: false, exitCode: 137 });
    expect(stopped?.state).not.toHaveProperty("ports");
    await container.update?.(at, made.id, { ...inputs, ...stopped?.state }, inputs);
    expect((await docker.getContainer(made.id).inspect()).State.Running).toBe(true);
  });

  it("raises memory without swap, which the engine refuses unless swap follows", async () => {
    const at = context();
    const inputs = sleeper(unique("memory"), { memory: 32 });
    const made = await container.create(at, inputs);
    expect(made.state.memorySwap).toBe(0);
    const found = await container.update?.(
      at,
      made.id,
      { ...inputs, ...made.state },
      { ...inputs, memory: 128 },
    );
    expect(found?.state).toMatchObject({ memory: 128, memorySwap: 0 });
  });

  it("gives what an attached container wrote, without frame headers, and its exit code", async () => {
    const at = context();
    const command = ["sh", "-c", "printf 'first\\nsecond\\n'; exit 3"];
    const made = await container.create(
      at,
      sleeper(unique("attached"), { command, attach: true, logs: true, mustRun: false }),
    );
    expect(made.state).toMatchObject({ containerLogs: "first\nsecond\n", exitCode: 3 });
    expect(made.state.mustRun).toBeUndefined();
    expect(at.warnings[0]).toContain("exited with code 3; its last lines:\n  first\n  second");
  });

  it("gives long output whole", async () => {
    const command = ["sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x"];
    const more = { command, attach: true, logs: true, mustRun: false };
    const made = await container.create(context(), sleeper(unique("long"), more));
    expect(text(made.state.containerLogs)).toBe("x".repeat(300000));
  });

  it("imports a container with its ports, networks and limits", async () => {
    const at = context();
    const name = unique("import");
    const ports = [{ internal: 80, ip: "127.0.0.1", protocol: "tcp" }];
    const ulimits = [{ name: "nofile", soft: 64, hard: 64 }];
    await container.create(at, sleeper(name, { ports, ulimits }));
    const found = await container.read(at, name, {});
    expect(found?.state).toMatchObject({ name, mustRun: true, start: true, ulimits, networkMode: "bridge" });
    expect(found?.state.ports).toEqual([expect.objectContaining({ internal: 80, ip: "127.0.0.1" })]);
  });

  it("makes several at once", async () => {
    const at = context();
    const all = ["a", "b", "c", "d"].map((each) =>
      container.create(at, sleeper(unique(each), { healthcheck: check("CMD", "true"), wait: true })),
    );
    const states = await Promise.all(all);
    expect(new Set(states.map(({ id }) => id)).size).toBe(4);
  });
});

describe("differences", () => {
  const plugin = provider();
  const inputs: Properties = {
    ...sleeper(unique("diff"), { ports: [{ internal: 80, ip: "127.0.0.1", protocol: "tcp" }], memory: 64 }),
    healthcheck: { ...check("CMD", "true"), interval: "90s" },
    __defaults: [],
  };
  let made: { id: string; outputs: Properties };

  beforeAll(async () => {
    made = await plugin.create(token, inputs, call());
  });

  it("are none after create and after refresh", async () => {
    expect(plugin.diff(token, made.outputs, inputs).changes).toEqual({});
    const read = await plugin.read(token, made.id, inputs, made.outputs, call());
    expect(plugin.diff(token, read?.outputs ?? {}, inputs).changes).toEqual({});
  });

  it("in the spelling of a duration mean nothing, in its length they replace", () => {
    const spelled = { ...inputs, healthcheck: { ...check("CMD", "true"), interval: "1m30s" } };
    expect(plugin.diff(token, made.outputs, spelled).differs).toBe(false);
    const longer = { ...inputs, healthcheck: { ...check("CMD", "true"), interval: "2m" } };
    expect(plugin.diff(token, made.outputs, longer).replaces).toEqual(["healthcheck"]);
  });

  it.each([
    [{ memory: 96 }, []],
    [{ restart: "always" }, []],
    [{ image: "other" }, ["image"]],
    [{ command: ["true"] }, ["command"]],
    [{ envs: ["A=2"] }, ["envs"]],
    [{ ports: [{ internal: 81, ip: "127.0.0.1", protocol: "tcp" }] }, ["ports"]],
  ])("%j replaces %j", (change, replaces) => {
    const difference = plugin.diff(token, made.outputs, { ...inputs, ...change });
    expect(difference.differs).toBe(true);
    expect(difference.replaces).toEqual(replaces);
  });
});
