import * as fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { DnsUpdateEndpoint, SmtpEndpoint, TsigKey } from "./endpoints.ts";
import type { CertificateSource } from "./public-certificate/public-certificate.ts";
import type { DnsSettings, Settings } from "./settings/schema.ts";

/** What settings name that is no part of the stack: servers of others, and files. */

type Secrets = Settings["secrets"];

export function smtpServer(
  { host, port, username }: Omit<Extract<Settings["smtp"], { kind: "server" }>, "kind">,
  secrets: Secrets,
): SmtpEndpoint {
  const password = secrets.smtp?.password;
  if (password === undefined) throw new pulumi.RunError("smtp: no secret smtp.password");
  return { host, port, login: { username, password } };
}

export function dnsServer(
  { server, key }: Extract<DnsSettings, { kind: "update" }>,
  secrets: Secrets,
): DnsUpdateEndpoint {
  // Who else answers for its zones is not known here.
  return { ...server, key, secret: pulumi.secret(tsigSecret(key, secrets)), hasSecondaries: true };
}

/** @throws {pulumi.RunError} when the secret is no base64 */
export function tsigSecret({ name }: TsigKey, secrets: Secrets): string {
  const secret = secrets.dns?.[name];
  if (secret === undefined || !/^([A-Za-z0-9+/]{4})+([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(secret))
    throw new pulumi.RunError(`dns: secret dns.${name} is not base64, which a TSIG key's is`);
  return secret;
}

/** @param dns takes the answers to DNS-01 */
export function certificateSource(
  source: Exclude<Settings["certificates"], { kind: "own" }>,
  dns: DnsUpdateEndpoint | undefined,
): CertificateSource {
  if (source.kind === "given") return source;
  const { kind, directory, email, challenge, serverCa } = source;
  return {
    ...{ kind, directory, email },
    ...(challenge === "http-01" || dns === undefined ? {} : { dns }),
    ...(serverCa === undefined ? {} : { serverCa: readOwn("certificates.serverCa", serverCa) }),
  };
}

/**
 * A file of the project that a setting names.
 *
 * @throws {pulumi.RunError} when it cannot be read
 */
export function readOwn(setting: string, file: string): string {
  const fault = faultOfOwn(file);
  if (fault !== undefined) throw new pulumi.RunError(`${setting}: ${file} ${fault}`);
  return fs.readFileSync(file, "utf8");
}

/** Why a file of the project cannot be used, if so. */
export function faultOfOwn(file: string): string | undefined {
  try {
    fs.readFileSync(file);
    return undefined;
  } catch {
    return "cannot be read; give its path relative to the project";
  }
}
