#!/bin/sh
# Makes the cluster on first start, then runs the server. A first start that was cut short is begun again: the
# cluster is built aside and moved into place whole.
set -eu

data=/var/lib/postgresql/data
if [ ! -s "$data/cluster/PG_VERSION" ]; then
  rm -rf "$data/new"
  initdb --pgdata="$data/new" --username=postgres --pwfile=/etc/sso/superuser-password \
    --auth-local=peer --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums >/dev/null
  mv "$data/new" "$data/cluster"
fi

exec postgres -D "$data/cluster" -c config_file=/etc/sso/postgresql.conf -c hba_file=/etc/sso/pg_hba.conf
