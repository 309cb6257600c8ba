import { z } from "zod";
import { directorySuffix, domainName, memoryMiB } from "./fields.ts";

export const postgresSettings = z
  .strictObject({
    memoryMiB: memoryMiB(128).default(256).describe("Memory limit in MiB."),
  })
  .prefault({})
  .describe("PostgreSQL.");

export const openldapSettings = z
  .strictObject({
    suffix: directorySuffix.describe(
      "Suffix of the directory; choose it once, entries carry it in their names.",
    ),
    seed: z
      .string()
      .min(1)
      .optional()
      .describe("LDIF file, relative to the project, whose entries an empty directory starts with."),
    memoryMiB: memoryMiB(128).default(128).describe("Memory limit in MiB."),
  })
  .optional()
  .describe("OpenLDAP, the source of truth for the accounts of directory realms; only these need it.");

export const keycloakSettings = z
  .strictObject({
    memoryMiB: memoryMiB(512).default(704).describe("Memory limit in MiB."),
    logLevel: z
      .enum(["error", "warn", "info", "debug"], { error: "one of error, warn, info, debug" })
      .default("info")
      .describe("Least severe level that is logged."),
  })
  .prefault({})
  .describe("Keycloak.");

export const simplesamlphpSettings = z
  .strictObject({
    memoryMiB: memoryMiB(64).default(96).describe("Memory limit in MiB."),
    encryptAssertions: z
      .boolean()
      .default(false)
      .describe("Whether assertions are encrypted for Keycloak; they are signed in any case."),
    privateHosts: z
      .array(domainName)
      .default([])
      .describe(
        "Host names of OpenID providers that may have private addresses, such as stand-ins of tests.",
      ),
  })
  .prefault({})
  .describe(
    "SimpleSAMLphp, the shim to OpenID; it runs where a realm has a provider of kind ubuntuone or openid2.",
  );
