#!/bin/bash
# Exits 0 when every zone is served, signed.
for file in /etc/sso/zones/*.zone; do
  zone=$(basename "$file" .zone)
  kdig +dnssec +timeout=2 +retry=0 @127.0.0.1 -p 1053 "$zone" SOA | grep -q 'IN[[:space:]]*RRSIG[[:space:]]*SOA' || exit 1
done
