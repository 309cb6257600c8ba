import { type Finding, metrics, rowsOf, troubleIn } from "../../automation/status-report.ts";

const FINDING: Finding = {
  stack: "dev",
  at: new Date("2026-11-22T12:00:00Z"),
  services: [
    {
      service: "keycloak",
      health: "healthy",
      version: "26.7.4",
      certificateEnd: new Date("2028-11-22T12:00:00Z"),
    },
    {
      service: "postfix",
      health: "healthy",
      version: "3.7.11",
      certificateEnd: new Date("2026-12-06T12:00:00Z"),
    },
  ],
  lastSyncs: { community: new Date("2026-11-22T11:45:10Z"), students: undefined },
  queue: [
    {
      arrived: new Date("2026-11-22T09:00:00Z"),
      sender: "",
      recipients: [{ address: "ada@example.org", reason: "connection refused" }],
    },
  ],
  dns: [{ name: "id.example.org", type: "A", expected: "192.0.2.1", found: ["192.0.2.1"] }],
};

test("a row for each service and each answer of DNS", () => {
  expect(rowsOf(FINDING)).toEqual([
    ["SERVICE", "HEALTH", "VERSION", "CERTIFICATE", "BESIDES"],
    [
      "keycloak",
      "healthy",
      "26.7.4",
      "731 days",
      "community synced 2026-11-22 11:45Z; students synced never",
    ],
    [
      "postfix",
      "healthy",
      "3.7.11",
      "14 days",
      "queue: 1, the oldest since 2026-11-22 09:00Z: connection refused",
    ],
    ["dns", "as asked", "", "", "id.example.org A 192.0.2.1"],
  ]);
});

test("a stack that is well is no trouble", () => {
  expect(troubleIn(FINDING)).toEqual([]);
});

test("what needs an operator is named", () => {
  const finding: Finding = {
    stack: "dev",
    at: new Date("2026-11-23T12:00:00Z"),
    services: [
      ...FINDING.services,
      { service: "openldap", health: "exited" },
      { service: "nginx", health: "missing" },
    ],
    dns: [{ name: "people.example.org", type: "MX", expected: "mx.example.org", found: [] }],
  };
  expect(troubleIn(finding)).toEqual([
    "openldap is exited; see: docker logs sso-dev-openldap",
    "nginx is missing: no container sso-dev-nginx; run: pulumi up --refresh --stack dev",
    "postfix: its certificate ends in 13 days",
    "dns: people.example.org should have MX mx.example.org",
  ]);
  expect(rowsOf(finding).slice(-3)).toEqual([
    ["openldap", "exited", "", "", ""],
    ["nginx", "missing", "", "", ""],
    ["dns", "differs", "", "", "people.example.org MX no answer"],
  ]);
  expect(metrics(finding)).toContain('sso_service_healthy{service="nginx"} 0\n');
});

test("the same for Prometheus", () => {
  expect(metrics(FINDING)).toMatchSnapshot();
});
