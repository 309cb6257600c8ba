/** Published ports. */
import type { Properties, Value } from "../../core/definition.ts";
import { isZero } from "../../core/values.ts";
import { blocks, number, text } from "../values.ts";

/** The engine's two tables for `ports`. */
export function portsToEngine(ports: Value | undefined): { exposed: Properties; bindings: Properties } {
  const exposed: Properties = {};
  const bindings: Record<string, Value[]> = {};
  for (const port of blocks(ports)) {
    const key = `${String(number(port.internal))}/${text(port.protocol) || "tcp"}`;
    exposed[key] = {};
    // Port "0" lets the engine choose a free one.
    const binding = { HostIp: text(port.ip), HostPort: String(number(port.external)) };
    bindings[key] = [...(bindings[key] ?? []), binding];
  }
  return { exposed, bindings };
}

/** The bindings of a running container, by number. */
export function portsFromEngine(
  bindings: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>,
): Value {
  const all = Object.entries(bindings).flatMap(([key, each]) => {
    const [internal, protocol = "tcp"] = key.split("/");
    return (each ?? []).map((binding) => ({
      internal: Number(internal),
      external: Number(binding.HostPort),
      ip: binding.HostIp,
      protocol,
    }));
  });
  return all.sort((a, b) => a.internal - b.internal);
}

/** Whether two lists publish the same: order means nothing, and a port left open is whatever the engine chose. */
export function samePorts(old: Value, next: Value): boolean {
  const left = blocks(old);
  const wanted = blocks(next);
  return wanted.length === left.length && wanted.every((port) => takeMatch(left, port));
}

function takeMatch(ports: Properties[], wanted: Properties): boolean {
  const at = ports.findIndex(
    (port) =>
      port.internal === wanted.internal &&
      (text(port.protocol) || "tcp") === (text(wanted.protocol) || "tcp") &&
      (text(port.ip) || "0.0.0.0") === (text(wanted.ip) || "0.0.0.0") &&
      (isZero(wanted.external) || port.external === wanted.external),
  );
  if (at < 0) return false;
  ports.splice(at, 1);
  return true;
}
