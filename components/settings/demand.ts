import { z } from "zod";
import { domainName, text } from "./fields.ts";
import { network } from "./network.ts";

/** What stacks on demand get that are made from this one. They take the rest from its file. */
export const demandSettings = z
  .strictObject({
    zone: domainName
      .default("demand.test")
      .describe("Domain below which each has its names, as id.NAME.ZONE; no service may be under it."),
    addresses: network
      .refine((value) => !value.includes(":"), {
        error: "a network of IPv4 addresses, such as 127.96.0.0/16",
      })
      .default("127.96.0.0/16")
      .describe("Network of the host's addresses; each takes one to publish its ports on."),
    docker: text(/^(unix|ssh|tcp):\/\/.+$/, "a Docker host, such as ssh://deploy@sso.example.org")
      .optional()
      .describe("Docker engine that they run on. Default: what DOCKER_HOST or the local socket offers."),
  })
  .prefault({})
  .describe("What stacks made from this one on demand get: npm run stack.");
