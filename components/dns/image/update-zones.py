#!/usr/bin/python3
"""update-zones FILE

Makes zones hold what FILE asks for, by transfer (RFC 5936) and dynamic update (RFC 2136), both signed (RFC 8945).

FILE is JSON and is removed once it is read, because it holds the key:
  owner   whom records belong to, such as sso-production
  server  host, port
  key     name, algorithm, secret (base64)
  zones   text of a zone file by zone: its records, without SOA
  primary name server that the zones' SOA shall name; absent: whichever it names

What an owner made is noted in the zone itself, in TXT records at _OWNER.ZONE that change in the same update as the
records. Records that are not noted there belong to others: they stay, and one of ours that cannot stand beside them
is left out and named. A zone that is as it shall be gets no update, so its serial stays.

Ends with 1 and a line for each fault; what has none is done all the same.
"""

import hashlib
import json
import os
import socket
import sys
from typing import NamedTuple

import dns.exception
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.update
import dns.xfr
import dns.zone

TIMEOUT_SEC = 10
REGISTER_TTL_SEC = 3600

# Made by whoever signs and serves the zone; no record clashes with them.
SERVED = {
    dns.rdatatype.from_text(name)
    for name in "SOA RRSIG DNSKEY NSEC NSEC3 NSEC3PARAM CDS CDNSKEY ZONEMD TYPE65534".split()
}

# Sets of records that mean one thing as a whole; of other types, everybody may have records at one name.
WHOLE = {dns.rdatatype.from_text(name) for name in "A AAAA CNAME MX NS SRV".split()}


class Record(NamedTuple):
    name: dns.name.Name
    data: dns.rdata.Rdata

    def __str__(self):
        return f"{self.name.to_text(True)} {dns.rdatatype.to_text(self.data.rdtype)} {self.data.to_text()}"


class Fault(Exception):
    """Its text is for an operator."""


class Zone:
    """A zone of a server: what it holds, and what of that is ours."""

    def __init__(self, server, origin, owner, primary):
        self.server = server
        self.primary = primary and dns.name.from_text(primary)
        self.soa = None
        self.origin = dns.name.from_text(origin)
        self.register = dns.name.from_text(f"_{owner}", self.origin)

    def make(self, text):
        """Makes it hold the records of a text; gives what could not be done."""
        wanted = records(dns.zone.from_text(text, self.origin, relativize=False, check_origin=False))
        # A server may not take a CNAME in the update that removes what was beside it.
        for _ in range(2):
            plan = Plan(wanted, *self.read(), self.note)
            if plan.is_empty() and self.names_primary():
                break
            self.update(plan)
        else:
            plan = Plan(wanted, *self.read(), self.note)
        missing = [f"{record} was not taken by the server: see its log" for record in plan.added]
        clashes = [
            f"{record} clashes with {other}, which others put there: remove that, or take ours out of the settings"
            for record, other in plan.clashes.items()
        ]
        return sorted(missing + clashes)

    def note(self, record):
        """What the register says of a record: enough to know it again."""
        name = record.name.relativize(self.origin)
        digest = hashlib.sha256(record.data.to_digestable()).hexdigest()[:16]
        return f"{name} {dns.rdatatype.to_text(record.data.rdtype)} {digest}"

    def read(self):
        """Its records with their TTLs, and the notes of its register."""
        zone = dns.zone.Zone(self.origin, relativize=False)
        query, _ = dns.xfr.make_query(zone, **self.server.signed)
        self.server.ask(
            lambda where: dns.query.inbound_xfr(where, zone, query, lifetime=TIMEOUT_SEC, port=self.server.port)
        )
        self.soa = zone.find_rdataset(self.origin, dns.rdatatype.SOA)
        held = records(zone)
        notes = {record for record in held if record.name == self.register}
        return (
            {record: ttl for record, ttl in held.items() if record not in notes},
            {b"".join(note.data.strings).decode() for note in notes},
        )

    def names_primary(self):
        return self.primary in (None, self.soa[0].mname)

    def update(self, plan):
        update = dns.update.UpdateMessage(
            self.origin, keyring=self.server.signed["keyring"], keyalgorithm=self.server.signed["keyalgorithm"]
        )
        # Another run may have been here since the zone was read.
        if plan.noted:
            update.present(self.register, *texts(plan.noted))
        else:
            update.absent(self.register, "TXT")
        # A server keeps the last name server of a zone: the new ones come before the old ones go.
        servers = {record for record in plan.removed if record.data.rdtype == dns.rdatatype.NS}
        for record in plan.removed - servers:
            update.delete(record.name, record.data)
        for record in plan.added:
            update.add(record.name, plan.ttl(record), record.data)
        for record in servers:
            update.delete(record.name, record.data)
        update.delete(self.register, "TXT")
        for text in texts(plan.notes):
            update.add(self.register, REGISTER_TTL_SEC, text)
        if not self.names_primary():
            # Only a newer one takes the place of what is there (RFC 2136, section 3.4.2.2).
            serial = (self.soa[0].serial + 1) % 2**32
            update.add(self.origin, self.soa.ttl, self.soa[0].replace(mname=self.primary, serial=serial))
        answer = self.server.ask(
            lambda where: dns.query.tcp(update, where, timeout=TIMEOUT_SEC, port=self.server.port)
        )
        code = dns.rcode.to_text(answer.rcode())
        if code in ("NXRRSET", "YXRRSET"):
            raise Fault("another run changed the zone at the same time; run this again")
        if code != "NOERROR":
            raise Fault(self.server.refusal(code, "update"))
        added, removed = len(plan.added - plan.removed), len(plan.removed - plan.added)
        print(f"zone {self.origin.to_text(True)}: {added} added, {removed} removed", flush=True)


class Plan:
    """What an update has to do so that a zone holds what is wanted of it."""

    def __init__(self, wanted, held, noted, note):
        ours = {record for record in held if note(record) in noted}
        others = held.keys() - ours
        self.wanted, self.held, self.noted = wanted, held, noted
        self.clashes = {record: other for record in wanted if (other := clash(record, others)) is not None}
        kept = wanted.keys() - others - (self.clashes.keys() - ours)
        # The records of a set have one TTL: that of others where they have some in it. A name server cannot go first.
        sets = {set_of(record) for record in others}
        renewed = {
            record
            for record in kept & ours
            if held[record] != wanted[record]
            and set_of(record) not in sets
            and record.data.rdtype != dns.rdatatype.NS
        }
        self.added, self.removed = kept - ours | renewed, ours - kept | renewed
        self.notes = {note(record) for record in kept}

    def is_empty(self):
        return not self.added and not self.removed and self.notes == self.noted

    def ttl(self, record):
        """The wanted one, unless records of its set are there that have another."""
        beside = [
            ttl
            for other, ttl in self.held.items()
            if set_of(other) == set_of(record)
            and (other not in self.removed or other.data.rdtype == dns.rdatatype.NS)
        ]
        return beside[0] if beside else self.wanted[record]


def records(zone):
    """A zone's records with their TTLs, without what its server makes itself."""
    return {
        Record(name, data): rdataset.ttl
        for name, rdataset in zone.iterate_rdatasets()
        if rdataset.rdtype not in SERVED
        for data in rdataset
    }


def set_of(record):
    return record.name, record.data.rdtype


def texts(notes):
    return [dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TXT, f'"{note}"') for note in sorted(notes)]


class Server:
    """A DNS server that takes updates which a key has signed."""

    def __init__(self, host, port, key):
        self.host, self.port, self.key = host, port, key["name"]
        name = dns.name.from_text(key["name"])
        self.signed = {
            "keyring": dns.tsigkeyring.from_text({key["name"]: key["secret"]}),
            "keyname": name,
            "keyalgorithm": dns.name.from_text(key["algorithm"]),
        }

    def refusal(self, code, deed):
        remedies = {
            "NOTAUTH": "it is no primary server of this zone: check the zone's name and dns.server",
            "REFUSED": f"let the key {self.key} transfer and update this zone",
        }
        return f"the server refuses the {deed} ({code}); {remedies.get(code, 'see its log')}"

    def ask(self, question):
        """What the server answers.

        Raises a Fault where it does not.
        """
        try:
            where = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0][4][0]
            return question(where)
        except dns.xfr.TransferError as error:
            raise Fault(self.refusal(dns.rcode.to_text(error.rcode), "transfer")) from error
        except (dns.tsig.PeerBadKey, dns.tsig.PeerBadSignature, dns.tsig.BadSignature) as error:
            raise Fault(
                f"the server does not take the key {self.key}: it has another secret there, or no right to transfer "
                "and update this zone; check both"
            ) from error
        except (dns.tsig.PeerBadTime, dns.tsig.BadTime) as error:
            raise Fault("the clocks of the server and of this host differ; set them") from error
        except (OSError, EOFError, dns.exception.Timeout) as error:
            raise Fault(f"it cannot be reached ({getattr(error, 'strerror', None) or error}); is it up, and open for TCP from here?") from error


def clash(record, others):
    """A record of others that ours cannot stand beside."""
    for other in others:
        if other.name != record.name or other == record:
            continue
        types = {record.data.rdtype, other.data.rdtype}
        if dns.rdatatype.CNAME in types or types <= WHOLE and len(types) == 1:
            return other
        if types == {dns.rdatatype.TXT} and version(record) is not None and version(record) == version(other):
            return other
    return None


def version(record):
    """What a receiver of mail tells texts apart by, such as v=spf1: it wants one of a kind at a name."""
    text = b"".join(record.data.strings)
    return text.replace(b";", b" ").split()[0].lower() if text.lower().startswith(b"v=") else None


def main(file):
    with open(file, encoding="utf8") as content:
        order = json.load(content)
    os.remove(file)
    server = Server(order["server"]["host"], order["server"]["port"], order["key"])
    where = f"{server.host}:{server.port}"
    faults = []
    for origin, text in order["zones"].items():
        try:
            said = Zone(server, origin, order["owner"], order.get("primary")).make(text)
        except Fault as fault:
            said = [f"server {where}: {fault}"]
        faults += [f"zone {origin}: {each}" for each in said]
    for fault in faults:
        print(fault, flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
