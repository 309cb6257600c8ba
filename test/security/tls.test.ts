import { Naming } from "../../components/host/naming.ts";
import { docker } from "../stack/containers.ts";
import { sharedStack } from "../stack/shared.ts";
import { startTools, type Tools } from "../stack/tools.ts";

const stack = sharedStack();

/** A port of the stack's address that nothing else has. */
const WEAK_PORT = 4433;

let tools: Tools;
beforeAll(() => {
  tools = startTools(stack, "tls", "check");
});
afterAll(() => {
  tools.remove();
});

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

/** What testssl.sh finds about a server of the stack's address, by the names of its checks. */
function findingsAt(port: number, ...checks: readonly string[]): Finding[] {
  const options = ["--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--ip", stack.address];
  const report = `/tmp/${port}.json`;
  tools.run(["testssl", ...options, ...checks, "--jsonfile", report, `${stack.domain}:${port}`]);
  return JSON.parse(tools.run(["cat", report]).out) as Finding[];
}

/** Severities of what is wanting; the last two are of what could not be seen. */
const WANTING = ["LOW", "MEDIUM", "HIGH", "CRITICAL", "WARN", "FATAL"];

/** Checks that testssl.sh warns it cannot make here. */
const UNSEEN = [
  "engine_problem", // of GOST's ciphers, which no OpenSSL of Debian's has
  "secure_renego", // it asks without the site's name, and nginx refuses that: another test asks with it
];

/** What is wanting of findings. */
function wanting(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => WANTING.includes(severity))
    .filter(({ id, severity }) => severity !== "WARN" || !UNSEEN.includes(id))
    .map(({ id, severity, finding }) => `${id}: ${severity}: ${finding}`);
}

test("positive control: an old protocol is found", () => {
  const pair = ["-subj", "/CN=weak", "-keyout", "/tmp/weak.key", "-out", "/tmp/weak.crt"];
  tools.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", ...pair]);
  docker(
    ...["exec", "--detach", new Naming(stack.name).of("tls-tools-check"), "openssl", "s_server", "-quiet"],
    ...["-cert", "/tmp/weak.crt", "-key", "/tmp/weak.key", "-cipher", "ALL:@SECLEVEL=0", "-tls1_1"],
    ...["-accept", `${stack.address}:${WEAK_PORT}`],
  );
  expect(wanting(findingsAt(WEAK_PORT, "--protocols")).join("\n")).toMatch(/^TLS1_1: LOW: offered/m);
});

test("nothing about the public site's protocols, ciphers and known weaknesses is wanting", () => {
  const findings = findingsAt(443, "--protocols", "--standard", "--pfs", "--vulnerable");
  expect(wanting(findings)).toEqual([]);
  for (const id of ["TLS1_2", "TLS1_3"])
    expect(findings).toContainEqual(
      expect.objectContaining({ id, finding: expect.stringMatching(/^offered/) as unknown }),
    ); // positive control
});

test("its renegotiation is the secure one (RFC 5746), and no client begins one", () => {
  const at = ["-connect", `${stack.address}:443`, "-servername", stack.domain];
  const { out } = tools.run(["openssl", "s_client", "-tls1_2", ...at], "R\n");
  expect(out).toContain("Secure Renegotiation IS supported");
  expect(out).toMatch(/^RENEGOTIATING$[^]*no renegotiation/m);
});
