-- Once per server, as its superuser: the roles of the product, and an empty database that belongs to the first.
-- Passwords come from the environment:
--   ANTRE_OWNER_PASSWORD=... ANTRE_APP_PASSWORD=... ANTRE_MONITOR_PASSWORD=... psql -v ON_ERROR_STOP=1 -f deploy/postgres/roles.sql postgres
-- What antre_app may do with the tables is granted by the first migration (drizzle/0000_roles.sql).
\getenv owner_password ANTRE_OWNER_PASSWORD
\getenv app_password ANTRE_APP_PASSWORD
\getenv monitor_password ANTRE_MONITOR_PASSWORD

-- Runs migrations. It may set the timeouts of antre_app, which is why it has the admin option on it.
create role antre_owner login createrole password :'owner_password';
-- The API and the workers, through PgBouncer: rows and functions, never the shape of tables.
create role antre_app login password :'app_password';
grant antre_app to antre_owner with admin option;
-- It sees what the statements of antre_app cost (npm run sql:top).
grant pg_read_all_stats to antre_owner;
-- The Postgres exporter: counts and ages of the server, no row of the product.
create role antre_monitor login connection limit 3 password :'monitor_password';
grant pg_monitor to antre_monitor;

-- The built-in provider sorts and folds the same on every machine, whatever its C library: an index never goes stale with it.
create database antre owner antre_owner encoding 'UTF8' locale 'C' locale_provider builtin builtin_locale 'C.UTF-8' template template0;
revoke all on database antre from public;
grant connect on database antre to antre_app, antre_monitor;

\connect antre
revoke create on schema public from public;
create extension if not exists pg_stat_statements;
grant execute on function pg_stat_statements_reset to antre_owner;
