import { formatDuration, parseDuration } from "../../../plugins/docker/container/duration.ts";
import { withoutHeaders } from "../../../plugins/docker/container/logs.ts";
import { samePorts } from "../../../plugins/docker/container/ports.ts";
import { validate } from "../../../plugins/docker/container/validate.ts";
import { fields, fromEngine, toEngine } from "../../../plugins/docker/container/fields.ts";
import { schema } from "../../../plugins/docker/schema.ts";
import { UNKNOWN, type Properties } from "../../../plugins/core/definition.ts";
import { plugin } from "../../../plugins/docker/plugin.ts";

describe("durations", () => {
  it.each([
    ["0s", 0],
    ["1s", 1e9],
    ["1m30s", 90e9],
    ["1h0m0s", 3600e9],
    ["250ms", 250e6],
    ["1.5s", 1.5e9],
    ["10µs", 10e3],
    ["7ns", 7],
    ["2m0s", 120e9],
  ])("%s is Go's form of %d ns", (text, nanoseconds) => {
    expect(parseDuration(text)).toBe(nanoseconds);
    expect(formatDuration(nanoseconds)).toBe(text);
  });

  it.each(["", "1", "1 s", "s", "1d", "-1s"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("the table of container properties", () => {
  const token = "docker:index/container:Container";

  it("names properties of the official schema only, each once", () => {
    const names = fields.map(({ property }) => property);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(schema.resources[token]?.properties).toHaveProperty(name);
  });

  it("leaves no input of the official schema unhandled", () => {
    const elsewhere = [
      "attach",
      "capabilities",
      "containerReadRefreshTimeoutMilliseconds",
      "destroyGraceSeconds",
    ]
      .concat([
        "gpus",
        "image",
        "logs",
        "mustRun",
        "name",
        "networksAdvanced",
        "ports",
        "removeVolumes",
        "start",
      ])
      .concat(["uploads", "volumes", "wait", "waitTimeout"]);
    const handled = [...fields.map(({ property }) => property), ...elsewhere].sort();
    expect(Object.keys(schema.resources[token]?.inputProperties ?? {}).sort()).toEqual(handled);
  });

  it.each<[string, Properties]>([
    ["memory", { memory: 64, memoryReservation: 32, memorySwap: -1, shmSize: 16 }],
    ["devices", { devices: [{ hostPath: "/dev/null", containerPath: "/dev/x", permissions: "r" }] }],
    ["throttles", { deviceReadBps: [{ path: "/dev/sda", rate: 1000 }] }],
    [
      "device requests",
      { deviceRequests: [{ driver: "cdi", count: 0, deviceIds: ["a"], capabilities: ["gpu"], options: {} }] },
    ],
    ["hosts", { hosts: [{ host: "a.test", ip: "2001:db8::1" }] }],
    [
      "mounts",
      {
        mounts: [
          {
            type: "volume",
            target: "/d",
            source: "v",
            readOnly: true,
            bindOptions: null,
            tmpfsOptions: null,
            volumeOptions: {
              noCopy: true,
              labels: [{ label: "a", value: "b" }],
              driverName: "local",
              driverOptions: { o: "x" },
              subpath: "",
            },
          },
          {
            type: "bind",
            target: "/b",
            source: "/s",
            readOnly: false,
            bindOptions: { propagation: "rslave" },
            tmpfsOptions: null,
            volumeOptions: null,
          },
        ],
      },
    ],
    [
      "a check",
      {
        healthcheck: {
          tests: ["NONE"],
          interval: "1s",
          timeout: "2s",
          startPeriod: "1m30s",
          startInterval: "0s",
          retries: 3,
        },
      },
    ],
    ["logging", { logDriver: "json-file", logOpts: { "max-size": "1m" } }],
    ["processors", { cpus: "1.25", cpuSet: "0-1" }],
  ])("comes back from the engine as it went there: %s", (_what, inputs) => {
    expect(fromEngine(toEngine(inputs), inputs)).toMatchObject(inputs);
  });
});

describe("ports", () => {
  const port = { internal: 80, external: 8080, ip: "127.0.0.1", protocol: "tcp" };

  it("are the same in any order, and with the number that the engine chose", () => {
    const other = { internal: 53, external: 5353, ip: "0.0.0.0", protocol: "udp" };
    expect(samePorts([port, other], [other, port])).toBe(true);
    expect(samePorts([port, other], [{ internal: 53, protocol: "udp" }, port])).toBe(true);
  });

  it.each([{ internal: 81 }, { external: 81 }, { ip: "0.0.0.0" }, { protocol: "udp" }])(
    "differ by %j",
    (change) => {
      expect(samePorts([port], [{ ...port, ...change }])).toBe(false);
    },
  );

  it("differ by number", () => {
    expect(samePorts([port], [port, port])).toBe(false);
    expect(samePorts([port, port], [port])).toBe(false);
  });
});

describe("validation", () => {
  it("lists all faults at once", () => {
    const faults = validate({
      restart: "never",
      memory: -5,
      readOnly: true,
      command: ["a", ""],
      uploads: [{ file: "/x", content: "a", source: "b", permissions: "400" }],
      mounts: [{ type: "disk", target: "/d" }],
      volumes: [{ volumeName: "v" }],
      healthcheck: { interval: "soon" },
    });
    expect(faults.map(({ property, reason }) => `${property}: ${reason}`)).toEqual([
      'restart: "never" is not allowed: one of no, on-failure, always, unless-stopped',
      'mounts.type: "disk" is not allowed: one of bind, volume, tmpfs',
      'uploads.permissions: "400" is not allowed: four octal digits such as 0400',
      "memory: -5 is not allowed: at least 0",
      'healthcheck.interval: "soon" is not allowed: a duration such as "30s" or "1m30s"',
      "uploads: /x: give exactly one of content, contentBase64, source",
      "volumes: a volume needs containerPath or fromContainer",
      "uploads: a container with readOnly takes no uploads: put the files into a volume",
      "command: an argument may not be empty",
    ]);
  });

  it("never shows what is in a file", () => {
    expect(validate({ uploads: [{ file: "/etc/key", contentBase64: "-canary-" }] })).toEqual([
      { property: "uploads.contentBase64", reason: "the content of /etc/key is not base64" },
    ]);
    expect(validate({ uploads: [{ file: "/etc/key", contentBase64: "Y2FuYXJ5Cg==" }] })).toEqual([]);
  });

  it("says nothing about what is not known yet", () => {
    const faults = validate({
      restart: UNKNOWN,
      uploads: [
        { file: "/x", content: UNKNOWN },
        { file: "/y", contentBase64: UNKNOWN },
      ],
      volumes: [{ volumeName: UNKNOWN, containerPath: UNKNOWN }],
      command: UNKNOWN,
      healthcheck: { interval: UNKNOWN },
    });
    expect(faults).toEqual([]);
  });

  it("refuses what only BuildKit or a swarm has", () => {
    const image = plugin.resources["docker:index/remoteImage:RemoteImage"];
    const volume = plugin.resources["docker:index/volume:Volume"];
    expect(image?.validate?.({ build: { context: ".", secrets: [{ id: "a" }] } })).toEqual([
      {
        property: "build",
        reason: "build.secrets needs BuildKit, which the built-in docker plugin does not use",
      },
    ]);
    expect(volume?.validate?.({ cluster: {} })).toHaveLength(1);
  });
});

describe("logs", () => {
  it("lose their frame headers", () => {
    const frame = (stream: number, text: string): Buffer => {
      const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
      header.writeUInt32BE(Buffer.byteLength(text), 4);
      return Buffer.concat([header, Buffer.from(text)]);
    };
    expect(withoutHeaders(Buffer.concat([frame(1, "out\n"), frame(2, "é\n")])).toString()).toBe("out\né\n");
    expect(withoutHeaders(Buffer.alloc(0)).toString()).toBe("");
  });
});
