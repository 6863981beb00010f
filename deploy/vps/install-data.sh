# shellcheck shell=bash
# Part of install: Postgres with its roles and backups, PgBouncer, Redis in two roles.
# shellcheck disable=SC2154

step 'Postgres'
cluster=$(pg_lsclusters -h | awk 'NR == 1 { print $1 }')
[ -n "$cluster" ] || fail 'the package has made no cluster'
settings=/etc/postgresql/$cluster/main/conf.d
memory=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
{
  cat "$deploy/postgres/postgresql.conf"
  cat <<CONF

# Of this machine, with $memory MB of memory. The service, PgBouncer and Redis are here, too.
listen_addresses = '127.0.0.1'
shared_buffers = $((memory / 5))MB
effective_cache_size = $((memory / 2))MB
archive_mode = on
archive_command = 'pgbackrest --stanza=antre archive-push %p'
archive_timeout = 30s
CONF
} | put 644 postgres "$settings/antre.conf"
if [ "$changed" = yes ]; then systemctl restart "postgresql@$cluster-main"; fi
drop_in postgresql@ restarts
systemctl enable -q --now postgresql

as_postgres() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/var/lib/postgresql "$@"); }
# Damage to a page on the disk is found when it is read, and by each base backup. Only an empty cluster is quick to change.
prepare_cluster() {
  systemctl stop "postgresql@$cluster-main"
  as_postgres "/usr/lib/postgresql/$cluster/bin/pg_checksums" --enable --pgdata "/var/lib/postgresql/$cluster/main" >/dev/null
  systemctl start "postgresql@$cluster-main"
}
say_sql() { as_postgres psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"; }
if [ "$(say_sql --command "select count(*) from pg_roles where rolname = 'antre_app'" postgres)" = 0 ]; then
  [ "$(say_sql --command 'show data_checksums' postgres)" = on ] || prepare_cluster
  say_sql postgres <"$deploy/postgres/roles.sql" >/dev/null
fi
say_sql antre >/dev/null <<'SQL'
\getenv owner_password ANTRE_OWNER_PASSWORD
\getenv app_password ANTRE_APP_PASSWORD
\getenv monitor_password ANTRE_MONITOR_PASSWORD
select 'create role antre_monitor login' where not exists (select from pg_roles where rolname = 'antre_monitor') \gexec
alter role antre_owner password :'owner_password';
alter role antre_app password :'app_password';
alter role antre_monitor password :'monitor_password';
set client_min_messages = warning;
grant pg_monitor to antre_monitor;
grant connect on database antre to antre_monitor;
SQL

step 'backups'
# What cannot be archived lies on the disk of the database: at most a fifth of it, and 32 GiB.
queue_max=$(df --output=size -B1G /var/lib/postgresql | awk 'NR == 2 { size = int($1 / 5); print (size > 32) ? 32 : (size < 1) ? 1 : size }')
sed -e "s|^pg1-path=.*|pg1-path=/var/lib/postgresql/$cluster/main|" -e "s|^archive-push-queue-max=.*|archive-push-queue-max=${queue_max}GiB|" \
  "$deploy/backup/pgbackrest.conf" | put 640 postgres /etc/pgbackrest.conf
install -d -o root -g postgres -m 750 /etc/pgbackrest/conf.d
put 640 postgres /etc/pgbackrest/conf.d/antre.conf <<<"[global]
repo1-cipher-pass=$BACKUP_PASSPHRASE"
put 644 root /etc/tmpfiles.d/antre.conf <<<'d /run/pgbackrest 0700 postgres postgres'
systemd-tmpfiles --create /etc/tmpfiles.d/antre.conf
as_postgres pgbackrest --stanza=antre stanza-create
as_postgres pgbackrest --stanza=antre check
# The alerts about backups count from here until the first of them.
for name in backup restore_check; do
  results=/var/lib/prometheus/node-exporter/antre_$name.prom
  [ -f $results ] || put 644 postgres $results <<<"antre_${name}_success_timestamp_seconds{repository=\"1\"} $(date +%s)"
done

step 'PgBouncer'
sed -e 's/host=postgres port=5432/host=127.0.0.1 port=5432/' -e 's/^listen_addr = .*/listen_addr = 127.0.0.1/' \
  -e 's|^auth_file = .*|auth_file = /etc/pgbouncer/userlist.txt|' \
  -e 's|^unix_socket_dir =.*|unix_socket_dir = /run/postgresql|' "$deploy/pgbouncer/pgbouncer.ini" | put 640 postgres /etc/pgbouncer/pgbouncer.ini
pool_changed=$changed
put 640 postgres /etc/pgbouncer/userlist.txt <<<"\"antre_app\" \"$ANTRE_APP_PASSWORD\""
if [ "$pool_changed$changed" != nono ]; then reload_pool=yes; else reload_pool=no; fi
drop_in pgbouncer
if [ "$changed" = yes ] || [ ! -S "$pgbouncer_socket" ]; then reload_pool=restart; fi
systemctl enable -q pgbouncer
case $reload_pool in
  restart) systemctl restart pgbouncer ;;
  yes) systemctl reload-or-restart pgbouncer ;;
  no) systemctl start pgbouncer ;;
esac

step 'Redis, cache and queue'
systemctl disable -q --now redis-server 2>/dev/null || true
drop_in redis-server@ restarts
for role in cache queue; do
  port=6379 password=$REDIS_CACHE_PASSWORD
  if [ $role = queue ]; then port=6380 password=$REDIS_QUEUE_PASSWORD; fi
  {
    sed -e 's/^bind .*/bind 127.0.0.1/' -e "s/^port .*/port $port/" "$deploy/redis/$role.conf"
    echo "requirepass $password"
    echo "dir /var/lib/redis/$role"
  } | put 640 redis "/etc/redis/redis-$role.conf"
  systemctl enable -q "redis-server@$role"
  if [ "$changed" = yes ]; then systemctl restart "redis-server@$role"; else systemctl start "redis-server@$role"; fi
done
