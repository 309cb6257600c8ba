#!/bin/bash
# Runs nginx with the certificate that the public trusts, where there is one, or the stack's own; takes up a newer one
# while it runs, which no request notices.
set -euo pipefail
umask 077

readonly used=/tmp/tls own=/etc/sso-tls public=/etc/sso-public-tls/current
readonly options=(-c /etc/sso/nginx.conf -e /dev/stderr)

# Succeeds when there is something new to use.
take_up() {
  local from=$own
  [[ ! -e $public/tls.crt ]] || from=$public
  ! cmp --silent "$from/tls.crt" "$used/tls.crt" || return 1
  cp --force "$from/tls.key" "$used/tls.key"
  cp --force "$from/tls.crt" "$used/tls.crt"
}

mkdir -p "$used"
take_up || true
nginx "${options[@]}" -g 'daemon off;' &
nginx=$!
trap 'kill -QUIT "$nginx"' QUIT TERM
while kill -0 "$nginx" 2>/dev/null; do
  if [[ -d ${public%/*} ]]; then
    sleep 5 &
    wait -n || true
    ! take_up || nginx "${options[@]}" -s reload
  else
    wait "$nginx" || true
  fi
done
wait "$nginx"
