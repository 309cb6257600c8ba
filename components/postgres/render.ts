/** Least memory Postgres is run with, in MiB. */
export const MIN_MEMORY_MIB = 128;

/** Most connections: Keycloak's pool of 30 twice over while it is replaced, and a few for operators. */
const MAX_CONNECTIONS = 80;

/**
 * `postgresql.conf` for a server that has `memoryMiB` to itself, after PostgreSQL's documentation
 * (chapter "Resource Consumption"): a quarter shared buffers, and what sorts may take at worst stays within the rest.
 */
export function renderPostgresqlConf(memoryMiB: number): string {
  const sharedBuffersMiB = Math.floor(memoryMiB / 4);
  const workMemKiB = Math.max(1024, Math.floor((memoryMiB * 1024) / 4 / MAX_CONNECTIONS));
  return `# Written by Pulumi; changes here are lost.
listen_addresses = '*'
port = 5432
unix_socket_directories = '/run/postgresql'
max_connections = ${MAX_CONNECTIONS}
password_encryption = 'scram-sha-256'

ssl = on
ssl_cert_file = '/etc/sso-tls/tls.crt'
ssl_key_file = '/etc/sso-tls/tls.key'
ssl_min_protocol_version = 'TLSv1.3'

shared_buffers = ${sharedBuffersMiB}MB
effective_cache_size = ${Math.floor((memoryMiB * 3) / 4)}MB
work_mem = ${workMemKiB}kB
maintenance_work_mem = ${Math.floor(memoryMiB / 8)}MB
autovacuum_max_workers = 2
# A directory that is synced into an empty realm grows from nothing; until its tables are analyzed, plans are bad.
autovacuum_naptime = 10s
jit = off
wal_compression = on
max_wal_size = 512MB
checkpoint_completion_target = 0.9
random_page_cost = 1.1

log_destination = 'stderr'
log_checkpoints = off
log_connections = off
log_min_duration_statement = 1000
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
timezone = 'UTC'
log_timezone = 'UTC'
`;
}

/** `pg_hba.conf`: TLS and SCRAM for everyone from everywhere the network lets through, nothing else. */
export function renderPgHbaConf(): string {
  return `# Written by Pulumi; changes here are lost.
local    all  postgres          peer
hostssl  all  all       all     scram-sha-256
`;
}
