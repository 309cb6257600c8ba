import * as net from "node:net";
import { allowanceOf } from "../container.ts";
import { type Rule, rule } from "../rule.ts";

/** The unspecified addresses: a port published there is open on every address that the host has or will get. */
const EVERY_ADDRESS = ["0.0.0.0", "::"];

const isLoopback = (ip: string): boolean => ip === "::1" || (net.isIPv4(ip) && ip.startsWith("127."));

export const portRules: readonly Rule[] = [
  rule(
    "published-ports",
    "a port of the host other than nginx's 80 and 443, the relay's 25 or 2525 and Knot's 53",
    ["container"],
    (resource) => {
      const { ports = [], hostname, name } = resource.inputs;
      const { publicPorts = [], adminPort } = allowanceOf(resource);
      const service = hostname ?? name ?? "the container";
      return ports.map(({ external, internal, ip }) => {
        if (external !== undefined && publicPorts.includes(external)) return undefined;
        if (external !== undefined && adminPort === internal) return undefined; // the next rule's
        return (
          `port ${external ?? "of the engine's choice"} on ${ip ?? "every address"}: ` +
          (publicPorts.length === 0
            ? `${service} publishes none; reach it over a network of the stack`
            : `${service} publishes only ${publicPorts.join(" and ")}`)
        );
      });
    },
  ),
  rule(
    "administration-on-loopback",
    "Keycloak's or Postgres's administration port on an address that others reach",
    ["container"],
    (resource) => {
      const { adminPort } = allowanceOf(resource);
      return (resource.inputs.ports ?? []).map(({ internal, external, ip }) => {
        if (adminPort !== internal || (ip !== undefined && isLoopback(ip))) return undefined;
        return (
          `administration port ${external ?? internal} on ${ip ?? "every address"}; ` +
          "sso:host.adminAddress must be a loopback address of the host, such as 127.0.0.1"
        );
      });
    },
  ),
  rule(
    "ports-on-own-address",
    "a port that is published on every address of the host",
    ["container"],
    ({ inputs }) => [
      inputs.publishAllPorts === true && "publishAllPorts is on; list the ports",
      ...(inputs.ports ?? []).map(({ external, internal, ip }) =>
        ip === undefined || ip === "" || EVERY_ADDRESS.includes(ip)
          ? `port ${external ?? internal} on every address; give the stack's own, sso:host.bindAddress`
          : undefined,
      ),
    ],
  ),
];
