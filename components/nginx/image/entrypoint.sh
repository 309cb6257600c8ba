#!/bin/bash
# Runs nginx with the certificate that the public trusts, where there is one, or the stack's own; takes up a newer one
# while it runs, which no request notices. What nginx refuses changes nothing.
set -euo pipefail
umask 077

readonly used=/tmp/tls own=/etc/sso-tls public=/etc/sso-public-tls/current
readonly options=(-c /etc/sso/nginx.conf -e /dev/stderr)
from= # folder of the pair that is used

# The folder of the newest pair. The link to it may change at any time: it is followed once.
newest() {
  if [[ -e $public/tls.crt ]]; then readlink -f "$public"; else echo "$own"; fi
}

# Puts a pair where nginx reads it, if nginx takes it.
use() { # folder
  rm -rf "$used.new" "$used.old"
  mkdir "$used.new"
  cp "$1"/tls.{key,crt} "$used.new" || return 1
  [[ ! -e $used ]] || mv "$used" "$used.old"
  mv "$used.new" "$used"
  if nginx "${options[@]}" -t -q; then
    from=$1
  else
    echo "entrypoint: nginx does not run with its configuration and the certificate in $1; what it had stays" >&2
    rm -r "$used"
    [[ ! -e $used.old ]] || mv "$used.old" "$used"
    return 1
  fi
}

use "$(newest)" || use "$own"
nginx "${options[@]}" -g 'daemon off;' &
nginx=$!
trap 'kill -QUIT "$nginx"' QUIT TERM
pause_sec=5
while kill -0 "$nginx" 2>/dev/null; do
  if [[ -d ${public%/*} ]]; then
    sleep "$pause_sec" &
    wait -n || true
    pause_sec=5
    if [[ $(newest) != "$from" ]]; then
      if use "$(newest)"; then nginx "${options[@]}" -s reload || true; else pause_sec=30; fi
    fi
  else
    wait "$nginx" || true
  fi
done
wait "$nginx"
