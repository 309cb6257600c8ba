import * as fs from "node:fs";
import { hostSettings } from "../components/settings/host.ts";
import { isSsh } from "../components/host/ssh.ts";
import { configIn, stackFileIn } from "../components/settings/stack-file.ts";
import { SettingsError } from "../components/settings/parse.ts";
import { folderOf, stackFileOf } from "./project.ts";

/** A host that a stack reaches by ssh. */
export interface RemoteHost {
  /** Such as `ssh://deploy@sso.example.org`. */
  readonly docker: string;
  /** Loopback address that the administration ports have there, and at this end of the tunnel too. */
  readonly adminAddress: string;
  readonly adminPorts: readonly number[];
  /** Whether the stack publishes ports on an IPv6 address of the host too. */
  readonly hasIpv6: boolean;
}

/**
 * The host of a stack, where that is another machine. What else is wrong with a stack file, its program says.
 *
 * @throws {OperatorError} when there is no such stack file
 */
export function remoteHostOf(stackName: string): RemoteHost | undefined {
  stackFileOf(stackName);
  return remoteHostIn(folderOf(stackName), stackName);
}

/** The same for a stack whose file is in a certain folder, where there may be none. */
export function remoteHostIn(folder: string, stackName: string): RemoteHost | undefined {
  return asRemoteHost(hostIn(folder, stackName));
}

/** What `sso:host` says, where that is another machine. */
export function asRemoteHost(settings: unknown): RemoteHost | undefined {
  const { data } = hostSettings.safeParse(settings);
  if (data === undefined || !isSsh(data.docker)) return undefined;
  const { docker, adminAddress, adminPorts, bindAddress6 } = data;
  const hasIpv6 = bindAddress6 !== undefined;
  return { docker, adminAddress, adminPorts: Object.values(adminPorts), hasIpv6 };
}

function hostIn(folder: string, stackName: string): unknown {
  if (!fs.existsSync(stackFileIn(folder, stackName))) return undefined;
  try {
    return new Map(configIn(folder, stackName)).get("sso:host");
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}
