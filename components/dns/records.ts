/** What a DNS record says, by type: host names are absolute and without the dot at their end. */
export type RecordData =
  | { readonly type: "A" | "AAAA"; readonly address: string }
  | { readonly type: "CNAME" | "NS"; readonly target: string }
  | { readonly type: "MX"; readonly preference: number; readonly exchange: string }
  | {
      readonly type: "SRV";
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: "TXT"; readonly text: string }
  | { readonly type: "CAA"; readonly tag: "issue" | "issuewild" | "iodef"; readonly value: string };

/** A record and the absolute name it stands at. */
export type DnsRecord = { readonly name: string } & RecordData;

/** Most bytes in one character-string of a TXT record (RFC 1035, section 3.3). */
const MAX_STRING_BYTES = 255;

/** A record's data as it stands in a zone file (RFC 1035, section 5.1; CAA: RFC 8659, section 4.1.1). */
export function rdataOf(record: RecordData): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return record.address;
    case "CNAME":
    case "NS":
      return `${record.target}.`;
    case "MX":
      return `${record.preference} ${record.exchange}.`;
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${record.target}.`;
    case "TXT":
      return chunksOf(Buffer.from(record.text)).map(quoted).join(" ");
    case "CAA":
      return `0 ${record.tag} ${quoted(Buffer.from(record.value))}`;
  }
}

function chunksOf(bytes: Buffer): Buffer[] {
  const count = Math.max(1, Math.ceil(bytes.length / MAX_STRING_BYTES));
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * MAX_STRING_BYTES, (index + 1) * MAX_STRING_BYTES),
  );
}

/** A quoted character-string: what is not printable ASCII as `\DDD`, quotes and backslashes escaped. */
function quoted(bytes: Buffer): string {
  const text = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    if (byte < 0x20 || byte > 0x7e) return `\\${String(byte).padStart(3, "0")}`;
    return character === '"' || character === "\\" ? `\\${character}` : character;
  });
  return `"${text.join("")}"`;
}

/** The zone that a name belongs to: the longest of those it lies in. */
export function zoneOf(name: string, zones: readonly string[]): string | undefined {
  return zones
    .filter((zone) => name === zone || name.endsWith(`.${zone}`))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** Names that hold a CNAME and something else, or two CNAMEs, which no zone may have (RFC 1034, section 3.6.2). */
export function clashingNames(records: readonly DnsRecord[]): string[] {
  const aliases = new Set(records.filter(({ type }) => type === "CNAME").map(({ name }) => name));
  return [...aliases].filter((alias) => {
    const data = records.filter(({ name }) => name === alias).map((record) => rdataOf(record));
    return new Set(data).size > 1;
  });
}

/**
 * A zone file's lines for the records of a zone, with names relative to it; each record once.
 *
 * @param zone the root of all names, if it is empty
 */
export function renderRecords(zone: string, records: readonly DnsRecord[], ttlSec: number): string {
  const lines = records.map(
    (record) => `${relativeName(record.name, zone)}\t${ttlSec}\tIN\t${record.type}\t${rdataOf(record)}\n`,
  );
  return lines.length === 0 ? "" : `$ORIGIN ${zone}.\n${[...new Set(lines)].join("")}`;
}

function relativeName(name: string, zone: string): string {
  if (zone === "") return `${name}.`;
  return name === zone ? "@" : name.slice(0, -zone.length - 1);
}
