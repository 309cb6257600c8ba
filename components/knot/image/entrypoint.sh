#!/bin/bash
# Gives a new zone its first file, becomes Knot.
set -euo pipefail
umask 077

readonly zones=/var/lib/knot/zones
mkdir -p "$zones"
for file in /etc/sso/zones/*.zone; do
  kept=$zones/${file##*/}
  [[ -e $kept ]] || { cp "$file" "$zones/incoming" && mv "$zones/incoming" "$kept"; }
done
exec knotd -c /etc/sso/knot.conf
