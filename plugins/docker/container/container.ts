/** docker:index/container:Container */
import type { ResourceType, Shape } from "../../core/definition.ts";
import type { Engine } from "../engine/engine.ts";
import { create } from "./create.ts";
import { defaults } from "./defaults.ts";
import { read } from "./read.ts";
import { remove } from "./remove.ts";
import { suppress } from "./suppress.ts";
import { update } from "./update.ts";
import { validate } from "./validate.ts";

const twentyMinutes = 20 * 60 * 1e9;

const blocks: Readonly<Record<string, Shape>> = {
  Capabilities: { sets: ["adds", "drops"], renamed: { adds: "add", drops: "drop" } },
  Device: { defaults: { permissions: "rwm" } },
  DeviceRequest: { sets: ["deviceIds", "capabilities"], defaults: { driver: "cdi", count: 0 } },
  Healthcheck: {
    renamed: { tests: "test" },
    defaults: { interval: "0s", timeout: "0s", startPeriod: "0s", startInterval: "0s", retries: 0 },
  },
  MountVolumeOptions: { sets: ["labels"] },
  NetworksAdvanced: { sets: ["aliases", "linkLocalIps", "driverOpts"] },
  Port: { defaults: { ip: "0.0.0.0", protocol: "tcp" }, computed: ["external"] },
  Upload: { defaults: { executable: false } },
};

export const container: ResourceType<Engine> = {
  autoName: "name",
  meta: {
    schemaVersion: 2,
    timeouts: { create: twentyMinutes, update: twentyMinutes, delete: twentyMinutes },
  },
  sets: [
    "capabilities",
    "deviceReadBps",
    "deviceReadIops",
    "deviceRequests",
    "deviceWriteBps",
    "deviceWriteIops",
    "devices",
    "dns",
    "dnsOpts",
    "dnsSearches",
    "envs",
    "groupAdds",
    "hosts",
    "labels",
    "mounts",
    "networksAdvanced",
    "securityOpts",
    "ulimits",
    "uploads",
    "volumes",
  ],
  renamed: {
    dnsSearches: "dns_search",
    entrypoints: "entrypoint",
    envs: "env",
    groupAdds: "group_add",
    hosts: "host",
    networkDatas: "network_data",
    ulimits: "ulimit",
    uploads: "upload",
  },
  defaults,
  // The official plugin takes a change of these for done without doing it; the engine can only make them anew.
  replaces: ["healthcheck", "init", "rm", "tmpfs"],
  nested: Object.fromEntries(
    Object.entries(blocks).map(([name, shape]) => [`docker:index/Container${name}:Container${name}`, shape]),
  ),
  validate,
  suppress,
  create,
  read,
  update,
  delete: remove,
};
