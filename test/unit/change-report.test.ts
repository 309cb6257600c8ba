import { hasChanges, hasFailed, renderReports, type StackReport } from "../../automation/change-report.ts";
import type { Change } from "../../automation/changes.ts";

const change = (more: Partial<Change> & Pick<Change, "kind" | "name">): Change => ({
  type: "docker Container",
  isStateful: false,
  differences: [],
  ...more,
});

const CHANGES: readonly Change[] = [
  change({ kind: "create", name: "realm-lists-realm", type: "keycloak Realm", isStateful: true }),
  change({
    kind: "update",
    name: "talk-client",
    type: "keycloak openid Client",
    differences: [
      { path: "clientSecret", before: "[secret]", after: "[secret]" },
      { path: "validRedirectUris[0]", before: "https://a.test/", after: "https://b.test/" },
    ],
  }),
  change({ kind: "delete", name: "knot-server-container" }),
  change({ kind: "delete", name: "openldap-data", type: "docker Volume", isStateful: true }),
  change({
    kind: "replace",
    name: "nginx-config-loader-container",
    differences: [
      {
        path: "uploads[0].content",
        before: "server {\n  listen 80;\n  # same\n}\n",
        after: "server {\n  listen 8080;\n  # same\n}\n",
      },
    ],
  }),
  change({
    kind: "replace",
    name: "postgres-data",
    type: "docker Volume",
    isStateful: true,
    differences: [{ path: "name", before: "sso-staging-a", after: "sso-staging-b" }],
  }),
];

const found = (more: Partial<Extract<StackReport, { kind: "found" }>>): StackReport => ({
  kind: "found",
  stack: "staging",
  comparison: "preview",
  changes: [],
  refusals: [],
  unchanged: 180,
  ...more,
});

const REFUSAL = { rule: "capabilities", resource: "web", fault: "privileged is true; leave it out" };

const REPORTS: readonly StackReport[] = [
  found({ changes: CHANGES }),
  found({ stack: "production" }),
  found({ stack: "test", comparison: "drift", changes: CHANGES }),
  found({ stack: "quiet", comparison: "drift" }),
  found({ stack: "odd", refusals: [REFUSAL, { rule: "whole", fault: "all of it" }] }),
  {
    kind: "checked",
    stack: "fork",
    because: "this run has no passphrase for the stack",
    changes: CHANGES,
    refusals: [],
    unchanged: 1,
  },
  { kind: "failed", stack: "broken", message: "container web: port taken\n```\n  last lines" },
];

test.each(["markdown", "text"] as const)("in %s", (format) => {
  expect(renderReports(REPORTS, format)).toMatchSnapshot();
});

test("what would lose data stands before all else, in bold", () => {
  const lines = renderReports([found({ changes: CHANGES })], "markdown").split("\n");
  const lists = lines.filter((line) => /^\*\*[A-Z]/.test(line));
  expect(lists).toEqual([
    "**Data that would be lost**",
    "**To replace**",
    "**To delete**",
    "**To change**",
    "**To make**",
  ]);
  expect(lines).toContain("- **openldap-data (docker Volume), to delete**");
  expect(lines).toContain("- <details><summary><b>postgres-data (docker Volume), to replace</b></summary>");
  expect(lines).toContain("**2 to replace**, **2 to delete**, 1 to change, 1 to make, 180 unchanged.");
});

test("a value cannot end the block that it stands in", () => {
  const message = "```\n**out**";
  const lines = renderReports([{ kind: "failed", stack: "x", message }], "markdown").split("\n");
  expect(lines.slice(-4)).toEqual(["````diff", "```", "**out**", "````"]);
});

test("long values are cut", () => {
  const long = Array.from({ length: 100 }, (_, index) => `line ${index} ${"x".repeat(500)}`).join("\n");
  const changes = [
    change({ kind: "update", name: "x", differences: [{ path: "a", before: "", after: long }] }),
  ];
  const text = renderReports([found({ changes })], "markdown");
  expect(text.length).toBeLessThan(4000);
  expect(text).toContain("… 81 more lines");
});

test("what somebody must see to", () => {
  const failing = REPORTS.filter(hasFailed).map(({ stack }) => stack);
  expect(failing).toEqual(["odd", "broken"]);
  expect(REPORTS.filter(hasChanges).map(({ stack }) => stack)).toEqual(["staging", "test"]);
});
