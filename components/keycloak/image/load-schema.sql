-- Gives an empty database Keycloak's schema, so that the first start need not replay every Liquibase
-- change. One transaction under one lock: two servers that start at once load it once, and a server
-- killed half-way leaves the database empty.
\set ON_ERROR_STOP on
\set QUIET on
\o /dev/null
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('keycloak schema'));
SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public') AS database_is_empty \gset
\if :database_is_empty
  \i /opt/keycloak/schema/keycloak.sql
  \warn 'entrypoint: empty database, schema loaded from the image'
\endif
COMMIT;
