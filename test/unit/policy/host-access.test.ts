import { hostAccessRules } from "../../../policy/rules/host-access.ts";
import { unknownCheckingProxy as unknown } from "../../../policy/unknown.ts";
import { type Sample, testRules, UNKNOWN } from "./cases.ts";
import { DNS_JOB, JOB, KEEPER, SERVICE } from "./samples.ts";

const [GIVEN] = KEEPER.mounts;
const [VOLUME] = SERVICE.mounts;

const given = (source: string): Sample => ({ inputs: { ...KEEPER, mounts: [{ ...GIVEN, source }] } });
const volume = (volumeOptions: object): Sample => ({
  inputs: { ...SERVICE, mounts: [{ ...VOLUME, volumeOptions }] },
});

const OPEN = ["/etc/letsencrypt/live/id.example.org", "/srv/certificates/", "/certificates", "/variable"];

const CLOSED = [
  ...[
    "/",
    "/etc",
    "/run",
    "/run/",
    "/var",
    "/var/run",
    "/var/lib",
    "/proc/1/root",
    "/sys",
    "/dev",
    "/root/tls",
  ],
  ...["/home", "/home/deploy/tls", "/boot", "/usr/lib", "/etc/ssh", "/var/lib/docker/volumes"],
  ...["/srv/../run", "//run", "/srv/./../etc/", "/srv/docker.sock"],
];

testRules(hostAccessRules, {
  "host-access": {
    of: "container",
    passes: [
      { inputs: SERVICE },
      { inputs: JOB },
      { inputs: { ...SERVICE, pidMode: "", ipcMode: "private", cgroupnsMode: "private" } },
      { inputs: { ...SERVICE, mounts: [{ type: "tmpfs", target: "/tmp" }] } },
      volume({ noCopy: true, driverName: "local" }),
      ...OPEN.map(given),
      { inputs: unknown({ ...DNS_JOB, networkMode: UNKNOWN }) },
      { inputs: unknown({ ...SERVICE, mounts: [{ ...VOLUME, source: UNKNOWN }] }) },
      { inputs: unknown({ ...KEEPER, mounts: [{ ...GIVEN, source: UNKNOWN }] }) },
    ],
    refused: [
      [{ inputs: { ...SERVICE, networkMode: "host" } }, 'networkMode is "host"'],
      [{ inputs: { ...SERVICE, pidMode: "host" } }, 'pidMode is "host"'],
      [{ inputs: { ...SERVICE, pidMode: "container:postgres" } }, 'pidMode is "container:postgres"'],
      [{ inputs: { ...JOB, ipcMode: "host" } }, 'ipcMode is "host"'],
      [{ inputs: { ...SERVICE, usernsMode: "host" } }, 'usernsMode is "host"'],
      [{ inputs: { ...SERVICE, cgroupnsMode: "host" } }, 'cgroupnsMode is "host"'],
      [{ inputs: { ...JOB, devices: [{ hostPath: "/dev/mem" }] } }, "devices are passed in"],
      [{ inputs: { ...SERVICE, volumes: [{ hostPath: "/" }] } }, "use mounts"],
      [{ inputs: { ...SERVICE, mounts: [GIVEN] } }, "/srv/certificates of the host at /given; use a volume"],
      [
        { inputs: { ...KEEPER, name: "company-keeper" } },
        "/srv/certificates of the host at /given; use a volume",
      ],
      [
        { inputs: { ...KEEPER, attach: true, mustRun: false, restart: "no" } },
        "/srv/certificates of the host at /given; use a volume",
      ],
      [
        { inputs: { ...KEEPER, mounts: [{ ...GIVEN, readOnly: false }] } },
        "/srv/certificates of the host at /given; use a volume",
      ],
      [
        { inputs: unknown({ ...SERVICE, mounts: [{ ...GIVEN, source: UNKNOWN }] }) },
        "a folder of the host at /given; use a volume",
      ],
      ...CLOSED.map((source): [Sample, string] => [
        given(source),
        `${source} of the host at /given; give a folder`,
      ]),
      [
        volume({ driverOptions: { type: "none", o: "bind", device: "/" } }),
        "the volume at /etc/sso has a driver or options of its own",
      ],
      [volume({ driverName: "vieux/sshfs" }), "the volume at /etc/sso has a driver or options"],
    ],
  },
  "plain-volumes": {
    of: "volume",
    passes: [
      { inputs: { name: "sso-production-ca" } },
      { inputs: { name: "sso-production-ca", driver: "local", driverOpts: {} } },
    ],
    refused: [
      [
        { inputs: { name: "sso-production-ca", driverOpts: { type: "none", o: "bind", device: "/" } } },
        'driver is nothing with {"type":"none","o":"bind","device":"/"}; leave both out',
      ],
      [{ inputs: { name: "sso-production-ca", driver: "vieux/sshfs" } }, 'driver is "vieux/sshfs"'],
    ],
  },
});
