import { X509Certificate } from "node:crypto";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { execIn, healthOf } from "./containers.ts";

/** How one service is. */
export interface ServiceStatus {
  readonly service: string;
  /** As the engine says: `healthy`, `unhealthy`, `starting`, `exited`, …; `missing` where it has no container. */
  readonly health: string;
  /** Of the program, as Debian or its maker counts; unknown while the container is down. */
  readonly version?: string;
  /** When the certificate that its clients see ends; absent without one, and while the container is down. */
  readonly certificateEnd?: Date;
}

/** Debian's package of each service's program; Keycloak is none. */
const PACKAGES = "knot|lego|nginx|postfix|postgresql-15|python3-aiosmtpd|simplesamlphp|slapd";

/** Prints the version, then the certificate that clients see, if there is one. */
const LOOK = `
cat /opt/keycloak/version.txt 2>/dev/null || dpkg-query --show --showformat '\${Package} \${Version}\\n' | grep -E '^(${PACKAGES}) '
cat /etc/sso-public-tls/current/tls.crt /var/lib/public-tls/current/tls.crt 2>/dev/null ||
  cat /etc/sso-tls/tls.crt 2>/dev/null || true`;

/** What the engine says of a container that can be asked; one that restarts again and again, or is paused, cannot. */
const RUNNING = ["healthy", "running", "starting", "unhealthy"];

/** How the services of a stack are, by name. */
export async function servicesOf(stack: automation.Stack): Promise<ServiceStatus[]> {
  const services = Object.entries(await healthOf(stack)).sort(([a], [b]) => a.localeCompare(b));
  return Promise.all(services.map(([service, health]) => statusOf(stack, service, health)));
}

async function statusOf(stack: automation.Stack, service: string, health: string): Promise<ServiceStatus> {
  if (!RUNNING.includes(health)) return { service, health };
  const seen = await execIn(stack, service, ["sh", "-c", LOOK]);
  const [, version = "unknown"] = /^(?:Keycloak - Version|\S+) (\S+)$/m.exec(seen) ?? [];
  const start = seen.indexOf("-----BEGIN CERTIFICATE");
  return {
    service,
    health,
    version,
    ...(start < 0 ? {} : { certificateEnd: new X509Certificate(seen.slice(start)).validToDate }),
  };
}
