# shellcheck shell=bash
# Part of install: exporters, Prometheus with the rules, Alertmanager, and the prober. All listen on loopback: they have no access control
# of their own.
# shellcheck disable=SC2154
# shellcheck source=deploy/vps/watch-files.sh
. "$here/watch-files.sh"

step 'watching'
watch=/etc/prometheus
install -d -m 755 $watch
watch_changed=no
# watched FILE: like put, for a file that the watching programs may read. A change restarts them once.
watched() {
  put 640 root "$watch/$1"
  chgrp prometheus "$watch/$1"
  if [ "$changed" = yes ]; then watch_changed=yes; fi
}
# served UNIT: the arguments of a watching program, on standard input.
served() {
  put 640 root "/etc/default/$1"
  if [ "$changed$watch_changed" != nono ]; then systemctl restart "$1"; fi
  drop_in "$1" restarts
  systemctl enable -q --now "$1"
}

watched postgres-queries.yml <"$deploy/prometheus/postgres-queries.yml"
watched redis-passwords.json <<<"{\"redis://127.0.0.1:6379\": \"$REDIS_CACHE_PASSWORD\", \"redis://127.0.0.1:6380\": \"$REDIS_QUEUE_PASSWORD\"}"
watched blackbox.yml <"$deploy/blackbox/blackbox.yml"
for file in alerts promises machines; do watched $file.yml <"$deploy/prometheus/$file.yml"; done
prometheus_file "$api_processes" <"$deploy/prometheus/prometheus.yml" | watched prometheus.yml
probes_file "$(variable_of "$environment" PUBLIC_URL)" "$(variable_of "$environment" SMTP_URL)" <"$deploy/prometheus/probes.yml" |
  watched probes.yml
whatsapp=no
if [ -n "$(variable_of "$environment" ALERT_WHATSAPP_SENDER)" ]; then whatsapp=yes; fi
smtp_url=$(variable_of "$environment" SMTP_URL)
smtp_parts "$smtp_url"
watched smtp-password <<<"$smtp_password"
watched operations-token <<<"$(variable_of "$environment" OPERATIONS_TOKEN)"
alertmanager_file "$smtp_url" "$(variable_of "$environment" MAIL_FROM)" "$(cat /etc/antre/alerts-to)" $whatsapp \
  <"$deploy/alertmanager/alertmanager.yml" | watched alertmanager.yml
put 600 root /etc/antre/pgbouncer-exporter.env <<<"PGBOUNCER_ADMIN_URL=postgres://antre_app:$ANTRE_APP_PASSWORD@127.0.0.1:6432/pgbouncer
PORT=9127"

served prometheus-node-exporter <<<'ARGS="--web.listen-address=127.0.0.1:9100"'
# The exporter's own queries follow other versions of Postgres.
served prometheus-postgres-exporter <<<"DATA_SOURCE_NAME='postgresql://antre_monitor:$ANTRE_MONITOR_PASSWORD@127.0.0.1:5432/antre?sslmode=disable'
ARGS=\"--web.listen-address=127.0.0.1:9187 --extend.query-path=$watch/postgres-queries.yml --disable-default-metrics \
--disable-settings-metrics --no-collector.database --no-collector.stat_bgwriter\""
served prometheus-redis-exporter <<<"ARGS=\"--web.listen-address=127.0.0.1:9121 --redis.addr= --redis.password-file=$watch/redis-passwords.json\""
served prometheus-blackbox-exporter <<<"ARGS=\"--web.listen-address=127.0.0.1:9115 --config.file=$watch/blackbox.yml\""
served prometheus-alertmanager <<<"ARGS=\"--web.listen-address=127.0.0.1:9093 --cluster.listen-address= --config.file=$watch/alertmanager.yml\""
# At most so much of the disk: the database needs the rest.
served prometheus <<<"ARGS=\"--web.listen-address=127.0.0.1:9090 --storage.tsdb.retention.time=30d --storage.tsdb.retention.size=2GB\""
