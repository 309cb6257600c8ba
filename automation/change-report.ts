import type { Change, ChangeKind, Comparison, Findings } from "./changes.ts";
import { type ReportFormat, type ReportWriter, WRITERS } from "./report-writers.ts";

/** What came of looking at a stack. */
export type StackReport = Found | Checked | Failed;

interface Found extends Findings {
  readonly kind: "found";
  readonly stack: string;
  readonly comparison: Comparison;
}

/** Settings, program and policies were checked; nothing can be said of the host. */
interface Checked extends Findings {
  readonly kind: "checked";
  readonly stack: string;
  /** Why nothing can be said. */
  readonly because: string;
}

interface Failed {
  readonly kind: "failed";
  readonly stack: string;
  readonly message: string;
}

/** What becomes of resources, the most dangerous first: as it would be, and as somebody else has made it. */
const KINDS: readonly (Readonly<Record<Comparison, string>> & { readonly kind: ChangeKind })[] = [
  { kind: "replace", preview: "to replace", drift: "replaced" },
  { kind: "delete", preview: "to delete", drift: "gone" },
  { kind: "update", preview: "to change", drift: "changed" },
  { kind: "create", preview: "to make", drift: "new" },
];

/** Whether a stack is, or would be, other than it was. */
export function hasChanges(report: StackReport): boolean {
  return report.kind === "found" && report.changes.length > 0;
}

/** Whether something must be put right before anything can be brought up. */
export function hasFailed(report: StackReport): boolean {
  return report.kind === "failed" || report.refusals.length > 0;
}

/** Reports on stacks, one after the other. */
export function renderReports(reports: readonly StackReport[], format: ReportFormat): string {
  return reports.map((report) => sectionOf(report, WRITERS[format]).join("\n")).join("\n\n");
}

function sectionOf(report: StackReport, writer: ReportWriter): string[] {
  if (report.kind === "failed")
    return [writer.title(`Stack ${report.stack}: failed`), ...writer.preformatted(report.message)];
  return [
    writer.title(`Stack ${report.stack}: ${verdictOf(report)}`),
    summaryOf(report, writer),
    ...refusalsOf(report, writer),
    ...(report.kind === "found" ? listsOf(report, writer) : []),
  ];
}

function verdictOf(report: Found | Checked): string {
  if (report.refusals.length > 0) return "refused";
  if (report.kind === "checked") return "checked";
  const what = report.comparison === "drift" ? "drift" : "changes";
  return report.changes.length === 0 ? `no ${what}` : what;
}

function summaryOf(report: Found | Checked, writer: ReportWriter): string {
  const { changes, unchanged } = report;
  if (report.kind === "checked")
    return (
      `Settings, program and policies were checked, ${changes.length + unchanged} resources. ` +
      `What would change on the host is not known: ${report.because}.`
    );
  const counts = KINDS.flatMap((words) => {
    const count = changes.filter(({ kind }) => kind === words.kind).length;
    if (count === 0) return [];
    const text = `${count} ${words[report.comparison]}`;
    return [words.kind === "replace" || words.kind === "delete" ? writer.strong(text) : text];
  });
  return `${[...counts, `${unchanged} unchanged`].join(", ")}.`;
}

function refusalsOf({ refusals }: Findings, writer: ReportWriter): string[] {
  if (refusals.length === 0) return [];
  const items = refusals.map(({ rule, resource, fault }) =>
    writer.item(
      [writer.strong(rule), ...(resource === undefined ? [] : [writer.code(resource)]), fault].join(": "),
    ),
  );
  return ["", "Refused by policy:", "", ...items];
}

/** Changes by kind; those by which data goes stand before all others. */
function listsOf({ changes, comparison }: Found, writer: ReportWriter): string[] {
  const groups: readonly (readonly [title: string, changes: readonly Change[]])[] = [
    [comparison === "drift" ? "data that is gone" : "data that would be lost", changes.filter(losesData)],
    ...KINDS.map(
      (words) =>
        [
          words[comparison],
          changes.filter((change) => change.kind === words.kind && !losesData(change)),
        ] as const,
    ),
  ];
  return groups
    .filter(([, members]) => members.length > 0)
    .flatMap(([title, members]) => [
      "",
      writer.strong(capital(title)),
      "",
      ...members.flatMap((change) => entryOf(change, comparison, writer)),
    ]);
}

function losesData({ kind, isStateful }: Change): boolean {
  return isStateful && (kind === "replace" || kind === "delete");
}

function entryOf(change: Change, comparison: Comparison, writer: ReportWriter): readonly string[] {
  const { name, type, kind, differences } = change;
  const words = KINDS.find((each) => each.kind === kind)?.[comparison] ?? kind;
  const title = losesData(change) ? `${name} (${type}), ${words}` : `${name} (${type})`;
  if (differences.length > 0)
    return writer.folded(losesData(change) ? writer.strongInFold(title) : title, differences);
  return [writer.item(losesData(change) ? writer.strong(title) : title)];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
