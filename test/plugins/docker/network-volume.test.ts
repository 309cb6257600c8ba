import { call, cleanUp, context, docker, failure, provider, sleeper, type, unique } from "./support.ts";

const network = type("Network");
const volume = type("Volume");
const container = type("Container");

afterAll(cleanUp);

describe("Network", () => {
  const token = "docker:index/network:Network";

  it("is made, read, imported by name and deleted, and a second deletion is fine", async () => {
    const at = context();
    const name = unique("net");
    const labels = [{ label: "stack", value: "test" }];
    const pool = { subnet: "10.252.31.0/24", gateway: "10.252.31.1" };
    const made = await network.create(at, {
      name,
      internal: true,
      labels,
      ipamDriver: "default",
      ipamConfigs: [pool],
    });

    const inspected = await docker.getNetwork(made.id).inspect();
    expect(inspected).toMatchObject({ Name: name, Internal: true, Labels: { stack: "test" } });
    expect(inspected.IPAM?.Config).toEqual([{ Subnet: pool.subnet, Gateway: pool.gateway }]);
    expect(made.state).toMatchObject({ name, internal: true, driver: "bridge", scope: "local", labels });
    expect(await network.read(at, made.id, made.state)).toEqual(made);
    expect(await network.read(at, name, {})).toEqual(made);

    await network.delete(at, made.id, made.state);
    expect(await network.read(at, made.id, made.state)).toBeUndefined();
    await network.delete(at, made.id, made.state);
  });

  it("shows no difference after create and after refresh", async () => {
    const plugin = provider();
    const inputs = { name: unique("net"), ipamDriver: "default", __defaults: ["ipamDriver"] };
    const made = await plugin.create(token, inputs, call());
    expect(plugin.diff(token, made.outputs, inputs).differs).toBe(false);
    const read = await plugin.read(token, made.id, inputs, made.outputs, call());
    expect(plugin.diff(token, read?.outputs ?? {}, inputs).differs).toBe(false);
    expect(plugin.diff(token, made.outputs, { ...inputs, internal: true }).replaces).toEqual(["internal"]);
    await plugin.delete(token, made.id, made.outputs, call());
  });

  it("refuses a name that is taken, with the remedy", async () => {
    const at = context();
    const name = unique("net");
    await network.create(at, { name });
    expect(await failure(network.create(at, { name }))).toBe(
      `network name "${name}" is in use: remove it with \`docker network rm ${name}\` or import it`,
    );
  });

  it("names the containers that keep it from being deleted", async () => {
    const at = context();
    const name = unique("net");
    const made = await network.create(at, { name });
    const user = unique("user");
    await container.create(at, sleeper(user, { networksAdvanced: [{ name }] }));
    const impatient = { ...at, timeoutSec: 0 };
    expect(await failure(network.delete(impatient, made.id, made.state))).toBe(
      `network "${name}" still has containers: ${user}; remove them or disconnect them from it`,
    );
  });
});

describe("Volume", () => {
  it("is made, read and deleted, and a second deletion is fine", async () => {
    const at = context();
    const name = unique("vol");
    const labels = [{ label: "stack", value: "test" }];
    const made = await volume.create(at, { name, labels });
    expect(made.id).toBe(name);
    expect(made.state).toMatchObject({ name, driver: "local", labels, driverOpts: {} });
    expect(made.state.mountpoint).toContain(name);
    expect(await volume.read(at, name, {})).toEqual(made);
    await volume.delete(at, name, made.state);
    await volume.delete(at, name, made.state);
    expect(await volume.read(at, name, made.state)).toBeUndefined();
  });

  it("warns when it takes over a volume that is already there", async () => {
    const at = context();
    const name = unique("vol");
    await volume.create(at, { name });
    expect(at.warnings).toEqual([]);
    await volume.create(at, { name });
    expect(at.warnings).toEqual([
      `volume "${name}" was already there: its data is kept, and it is deleted with this resource`,
    ]);
  });

  it("names the containers that use it", async () => {
    const at = context();
    const name = unique("vol");
    await volume.create(at, { name });
    const user = unique("user");
    await container.create(at, sleeper(user, { volumes: [{ volumeName: name, containerPath: "/data" }] }));
    expect(await failure(volume.delete({ ...at, timeoutSec: 0 }, name, {}))).toBe(
      `volume "${name}" is used by containers: ${user}; remove them first`,
    );
  });
});
