import * as fs from "node:fs";
import * as os from "node:os";

interface Row {
  readonly what: string;
  readonly value: string;
  readonly against: string;
  readonly ratio: string;
}

const rows: Row[] = [];

/** Notes a figure, with the one of the same run that it is compared with. */
export function report(
  what: string,
  value: number,
  unit: string,
  against?: { readonly what: string; readonly value: number },
): void {
  rows.push({
    what,
    value: `${value.toFixed(2)} ${unit}`,
    against: against === undefined ? "" : `${against.what}: ${against.value.toFixed(2)} ${unit}`,
    ratio: against === undefined ? "" : (value / against.value).toFixed(2),
  });
}

/** The machine, and all that was noted. */
export function printReport(): void {
  const [cpu] = os.cpus();
  console.log(
    `${os.cpus().length} × ${cpu?.model ?? "unknown processor"}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
  );
  console.log(
    `kernel ${os.release()}, node ${process.version}, ${fs.readFileSync("/etc/debian_version", "utf8").trim()}`,
  );
  console.table(rows);
}

/** Seconds that it takes. */
export async function timed(action: () => unknown): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

/** The value that `share` of all are at or below; a copy is sorted. */
export function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;
}
