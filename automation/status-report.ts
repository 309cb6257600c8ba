import { Naming } from "../components/host/naming.ts";
import type { DnsAnswer } from "./dns-answers.ts";
import type { QueuedMessage } from "./mail-queue.ts";
import type { ServiceStatus } from "./service-status.ts";

/** All that was found out about a stack. */
export interface Finding {
  readonly stack: string;
  readonly at: Date;
  readonly services: readonly ServiceStatus[];
  /** By realm; absent while Postgres cannot be asked. */
  readonly lastSyncs?: Readonly<Record<string, Date | undefined>>;
  /** Absent where there is no relay, or it cannot be asked. */
  readonly queue?: readonly QueuedMessage[];
  readonly dns: readonly DnsAnswer[];
}

const DAY_MS = 86_400_000;

/** A certificate that ends sooner should have been renewed long ago. */
const CERTIFICATE_MARGIN_DAYS = 14;

const daysFrom = (at: Date, end: Date): number => Math.floor((end.getTime() - at.getTime()) / DAY_MS);

/** A table of it, the heads first. */
export function rowsOf(finding: Finding): string[][] {
  const { at, services, dns } = finding;
  return [
    ["SERVICE", "HEALTH", "VERSION", "CERTIFICATE", "BESIDES"],
    ...services.map(({ service, health, version, certificateEnd }) => [
      service,
      health,
      version ?? "",
      certificateEnd === undefined ? "" : `${daysFrom(at, certificateEnd)} days`,
      besides(service, finding),
    ]),
    ...dns.map(({ name, type, expected, found }) => [
      "dns",
      found.includes(expected) ? "as asked" : "differs",
      "",
      "",
      `${name} ${type} ${found.length === 0 ? "no answer" : found.join(", ")}`,
    ]),
  ];
}

function besides(service: string, { lastSyncs, queue }: Finding): string {
  if (service === "keycloak" && lastSyncs !== undefined)
    return Object.entries(lastSyncs)
      .map(([realm, date]) => `${realm} synced ${date === undefined ? "never" : shortly(date)}`)
      .join("; ");
  if (service === "postfix" && queue !== undefined) {
    const [oldest] = queue;
    const waits = oldest === undefined ? "" : `, the oldest since ${shortly(oldest.arrived)}`;
    return `queue: ${queue.length}${waits}${oldest?.recipients[0] === undefined ? "" : `: ${oldest.recipients[0].reason}`}`;
  }
  return "";
}

/** To the minute, UTC. */
function shortly(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")}Z`;
}

/** What needs an operator, a line each. */
export function troubleIn({ stack, at, services, dns }: Finding): string[] {
  const naming = new Naming(stack);
  return [
    ...services
      .filter(({ health }) => health !== "healthy")
      .map(({ service, health }) =>
        health === "missing"
          ? `${service} is missing: no container ${naming.of(service)}; run: pulumi up --refresh --stack ${stack}`
          : `${service} is ${health}; see: docker logs ${naming.of(service)}`,
      ),
    ...services.flatMap(({ service, certificateEnd }) => {
      const days = certificateEnd === undefined ? Infinity : daysFrom(at, certificateEnd);
      return days < CERTIFICATE_MARGIN_DAYS ? [`${service}: its certificate ends in ${days} days`] : [];
    }),
    ...dns
      .filter(({ expected, found }) => !found.includes(expected))
      .map(({ name, type, expected }) => `dns: ${name} should have ${type} ${expected}`),
  ];
}

/** It in Prometheus's text format; times are seconds since 1970. */
export function metrics({ services, lastSyncs, queue, dns }: Finding): string {
  const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
  const families: [name: string, help: string, samples: [labels: Record<string, string>, value: number][]][] =
    [
      [
        "sso_service_healthy",
        "Whether the service's health check succeeds.",
        services.map(({ service, health }) => [{ service }, health === "healthy" ? 1 : 0]),
      ],
      [
        "sso_certificate_end_timestamp_seconds",
        "When the service's certificate ends.",
        services.flatMap(({ service, certificateEnd }) =>
          certificateEnd === undefined ? [] : [[{ service }, seconds(certificateEnd)]],
        ),
      ],
      [
        "sso_last_sync_timestamp_seconds",
        "When Keycloak last read the realm's accounts from the directory.",
        Object.entries(lastSyncs ?? {}).flatMap(([realm, date]) =>
          date === undefined ? [] : [[{ realm }, seconds(date)]],
        ),
      ],
      [
        "sso_mail_queue_messages",
        "Messages that wait in the relay.",
        queue === undefined ? [] : [[{}, queue.length]],
      ],
      [
        "sso_dns_as_asked",
        "Whether DNS says what the stack file asks for.",
        dns.map(({ name, type, expected, found }) => [{ name, type }, found.includes(expected) ? 1 : 0]),
      ],
    ];
  return families
    .filter(([, , samples]) => samples.length > 0)
    .map(([name, help, samples]) =>
      [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} gauge`,
        ...samples.map((sample) => line(name, ...sample)),
      ].join("\n"),
    )
    .join("\n");
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}
