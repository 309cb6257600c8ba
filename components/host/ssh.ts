/** How ssh is called, by whoever of this project calls it. */

/**
 * Nobody is asked anything, a host must be known by its key, and nothing of this machine is lent to it. A connection that
 * has died is noticed within a minute. First on the command line, so that they win over `~/.ssh/config` (ssh_config(5)).
 */
export const SSH_OPTIONS: readonly string[] = [
  "BatchMode=yes",
  "StrictHostKeyChecking=yes",
  "ForwardAgent=no",
  "ForwardX11=no",
  "ServerAliveInterval=15",
  "ServerAliveCountMax=4",
].flatMap((option) => ["-o", option]);

/** The same for connections of the docker provider: what else `~/.ssh/config` forwards would be forwarded by each. */
export const DOCKER_SSH_OPTIONS: readonly string[] = [...SSH_OPTIONS, "-o", "ClearAllForwardings=yes"];

/** Whether a Docker host is reached by ssh. */
export function isSsh(docker: string | undefined): docker is string {
  return docker?.startsWith("ssh://") === true;
}

/** Arguments of `ssh` that name the host of an address such as `ssh://deploy@sso.example.org:2222`. */
export function sshDestination(address: string): string[] {
  const { username, port, hostname } = new URL(address);
  return [
    ...(username === "" ? [] : ["-l", decodeURIComponent(username)]),
    ...(port === "" ? [] : ["-p", port]),
    "--",
    hostname,
  ];
}
