import { z } from "zod";
import { ipv4Address, ipv6Address, port, text } from "./fields.ts";

/** Where the stack runs and which addresses of that host it takes. */
export const hostSettings = z
  .strictObject({
    docker: text(/^(unix|ssh|tcp):\/\/.+$/, "a Docker host, such as ssh://deploy@sso.example.org")
      .optional()
      .describe("Docker engine of the host. Default: what DOCKER_HOST or the local socket offers."),
    bindAddress: ipv4Address.describe(
      "Address of the host that the public ports (443, 80, the relay's, 53) are published on.",
    ),
    bindAddress6: ipv6Address
      .optional()
      .describe(
        "IPv6 address of the host for the same ports; its engine must have ip6tables. Default: none.",
      ),
    adminAddress: ipv4Address
      .refine((value) => value.startsWith("127."), { error: "a loopback address, such as 127.0.0.1" })
      .default("127.0.0.1")
      .describe("Loopback address of the host that the administration ports are published on."),
    adminPorts: z
      .strictObject({
        postgres: port.default(15432).describe("Port of Postgres on the administration address."),
        keycloak: port.default(18443).describe("Port of Keycloak's admin API on the administration address."),
      })
      .prefault({}),
  })
  .describe("Where the stack runs and which addresses of that host it takes.");
