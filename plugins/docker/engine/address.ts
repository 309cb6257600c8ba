/** From the provider's settings to the options of dockerode. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";

import type { Properties, Value } from "../../core/definition.ts";
import { SshAgent } from "./ssh.ts";

/** Where the engine is when neither `docker:host` nor DOCKER_HOST says so. */
const defaultHost = "unix:///var/run/docker.sock";

/** dockerode hands its options to docker-modem, which takes an agent that its types leave out. */
type Options = Docker.DockerOptions & { agent?: SshAgent };

export interface Address {
  /** As the operator wrote it, for messages. */
  readonly host: string;
  /** On this machine: what is sent need not be compressed. */
  readonly local: boolean;
  /** @throws when the settings name no usable address */
  options(): Options;
}

/** The address in a provider's settings. Reads no file and opens nothing. */
export function address(config: Properties): Address {
  const host = text(config.host) ?? text(process.env.DOCKER_HOST) ?? defaultHost;
  return {
    host,
    local: host.startsWith("unix:"),
    options: () => {
      if (text(config.context) !== undefined)
        throw new Error("docker:context is not supported by the built-in plugin: set docker:host instead");
      return connectOptions(host, config);
    },
  };
}

function connectOptions(host: string, config: Properties): Options {
  const url = parse(host);
  switch (url.protocol) {
    case "unix:":
      return { socketPath: url.pathname };
    case "ssh:":
      return { host: "docker", protocol: "http", agent: new SshAgent(url, texts(config.sshOpts)) };
    case "tcp:":
    case "http:":
    case "https:": {
      const tls = tlsOptions(config);
      const secure = url.protocol === "https:" || tls !== undefined;
      const port = url.port === "" ? (secure ? 2376 : 2375) : url.port;
      return { host: url.hostname, port, protocol: secure ? "https" : "http", ...tls };
    }
    default:
      throw new Error(`docker:host ${host} is not supported: use unix://, tcp:// or ssh://`);
  }
}

function parse(host: string): URL {
  try {
    return new URL(host);
  } catch {
    throw new Error(
      `docker:host ${host} is no address: use unix:///path, tcp://host:port or ssh://user@host`,
    );
  }
}

type TlsOptions = Pick<Docker.DockerOptions, "ca" | "cert" | "key">;

function tlsOptions(config: Properties): TlsOptions | undefined {
  const path = text(config.certPath) ?? text(process.env.DOCKER_CERT_PATH);
  const given = {
    ca: text(config.caMaterial),
    cert: text(config.certMaterial),
    key: text(config.keyMaterial),
  };
  const read = (name: string): string | undefined =>
    path === undefined ? undefined : readFileSync(join(path, name), "utf8");
  const ca = given.ca ?? read("ca.pem");
  const cert = given.cert ?? read("cert.pem");
  const key = given.key ?? read("key.pem");
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new Error("docker:certMaterial and docker:keyMaterial go together: set both or none");
  return { ...(ca === undefined ? {} : { ca }), cert, key };
}

function text(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function texts(value: Value | undefined): string[] {
  if (Array.isArray(value)) return value.filter((each) => typeof each === "string");
  return (process.env.DOCKER_SSH_OPTS ?? "").split(/\s+/).filter((each) => each !== "");
}
