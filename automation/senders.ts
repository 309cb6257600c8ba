import * as fs from "node:fs";
import * as path from "node:path";
import { type Document, isSeq, parseDocument } from "yaml";
import { z } from "zod";
import { network } from "../components/settings/network.ts";
import { OperatorError } from "./fail.ts";
import { stackFileOf } from "./project.ts";

/** Atlassian's addresses: https://support.atlassian.com/organization-administration/docs/ip-addresses-and-domains-for-atlassian-cloud-products/ */
const SOURCE = "https://ip-ranges.atlassian.com/";

/** What a list is fetched by, so that nobody on the way changes it. */
const HTTPS = "https://";

const TIMEOUT_MS = 30_000;

const ranges = z.object({
  items: z.array(
    z.object({ cidr: z.string(), product: z.array(z.string()), direction: z.array(z.string()) }),
  ),
});

/** How the listed networks changed. */
export interface Change {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Writes the networks that Atlassian sends mail from into a stack file, under `relay.senders.listed`.
 *
 * @param source where the list is, an `https://` address or a file. @default where Atlassian has it
 * @throws {OperatorError} when the list cannot be had or read, the stack has no relay, or its file is no YAML; the file is
 * as it was then
 */
export async function refreshSenders(stackName: string, source: string = SOURCE): Promise<Change> {
  const text = source.startsWith(HTTPS) ? await fetched(source) : readFile(source);
  const listed = sendersIn(text, source);
  const stackFile = stackFileOf(stackName);
  const document = readDocument(stackFile);
  const from = document.getIn(["config", "sso:from"]);
  if (typeof from === "string")
    throw new OperatorError(
      `Pulumi.${stackName}.yaml takes the senders from ${from}; run: npm run mail -- refresh-senders ${from}`,
    );
  if (!document.hasIn(["config", "sso:relay"]))
    throw new OperatorError(`Pulumi.${stackName}.yaml has no sso:relay, so nobody sends mail to aliases`);
  const place = ["config", "sso:relay", "senders", "listed"];
  const found = document.getIn(place);
  const before = isSeq(found) ? z.array(z.string()).parse(found.toJSON()) : [];
  document.setIn(place, document.createNode(listed));
  const change = {
    added: listed.filter((each) => !before.includes(each)),
    removed: before.filter((each) => !listed.includes(each)),
  };
  if (change.added.length + change.removed.length > 0)
    replaceFile(stackFile, document.toString({ lineWidth: 0 })); // long lines stay as they are
  return change;
}

function readDocument(file: string): Document.Parsed {
  const document = parseDocument(readFile(file));
  const [fault] = document.errors;
  if (fault === undefined) return document;
  const [message = ""] = fault.message.split(" at line ");
  throw new OperatorError(
    `${path.basename(file)}, line ${fault.linePos?.[0].line ?? "?"}: it is no YAML: ${message}`,
  );
}

/** Writes a file anew, whole or not at all: a full disk or a kill leaves the old one. Its mode stays. */
function replaceFile(file: string, text: string): void {
  const place = fs.realpathSync(file);
  const draft = `${place}.${process.pid}`;
  try {
    fs.writeFileSync(draft, text, { mode: 0o600 });
    fs.chmodSync(draft, fs.statSync(place).mode);
    fs.renameSync(draft, place);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/**
 * Networks of Atlassian's list that send e-mail, sorted.
 *
 * @throws {OperatorError} when it is no such list, or one with a network that no relay should let in
 */
export function sendersIn(text: string, source: string): string[] {
  const items = itemsOf(text, source).filter(
    ({ product, direction }) => product.includes("email") && direction.includes("egress"),
  );
  const listed = [...new Set(items.map(({ cidr }) => cidr))].sort();
  if (listed.length === 0) throw new OperatorError(`${source}: it lists no network that sends e-mail`);
  const odd = listed.find((each) => !network.safeParse(each).success);
  if (odd !== undefined)
    throw new OperatorError(`${source}: ${odd} is not a network that a relay should let in`);
  return listed;
}

function itemsOf(text: string, source: string): z.output<typeof ranges>["items"] {
  try {
    return ranges.parse(JSON.parse(text)).items;
  } catch {
    throw new OperatorError(`${source}: it is not Atlassian's list of addresses (JSON with "items")`);
  }
}

async function fetched(source: string): Promise<string> {
  try {
    const response = await fetch(source, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) return await response.text();
    throw new Error(`HTTP status ${response.status}`);
  } catch (error) {
    const { message, cause } = error as Error;
    throw new OperatorError(
      `${source}: ${cause instanceof Error ? cause.message : message}; or save the list and name the file: --from FILE`,
    );
  }
}

function readFile(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    throw new OperatorError(`cannot read ${file}`);
  }
}
