# shellcheck shell=bash
# What install, release and rollback share.

# The last command of a pipe runs in this shell: `... | put` tells whether the file has changed.
shopt -s lastpipe

root=/opt/antre
# PgBouncer's own account is its administrator there. As antre_app, with a password, its console only shows.
# shellcheck disable=SC2034
pgbouncer_socket=/run/postgresql/.s.PGSQL.6432
# A process has answered by then, or it never will: Node starts in 2 s, and Postgres must answer once.
ready_within_seconds=60

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

step() { echo "== $*"; }

# put MODE OWNER FILE: writes standard input to the file. The file appears complete, and `changed` says whether it differs.
put() {
  local mode=$1 owner=$2 file=$3 new
  new=$(mktemp "$file.XXXXXX")
  cat >"$new"
  chown "$owner:" "$new"
  chmod "$mode" "$new"
  if cmp -s "$new" "$file"; then
    rm "$new"
    changed=no
  else
    mv "$new" "$file"
    # Read by the scripts that include this file.
    # shellcheck disable=SC2034
    changed=yes
  fi
}

# set_variable FILE NAME VALUE: replaces the line of the variable, commented or not, or adds one.
set_variable() {
  local file=$1 name=$2 value=$3
  awk -v name="$name" -v line="$name=$value" '
    !done && $0 ~ "^(# )?" name "=" { print line; done = 1; next }
    { print }
    END { if (!done) print line }' "$file" | put 600 root "$file"
}

variable_of() { sed -n "s/^$2=//p" "$1"; }

# install_units FOLDER: makes the units of a release the machine's.
install_units() {
  local unit name reload=no
  for unit in "$1"/*.service "$1"/*.timer; do
    name=${unit##*/}
    put 644 root "/etc/systemd/system/$name" <"$unit"
    [ $changed = no ] || reload=yes
  done
  [ $reload = no ] || systemctl daemon-reload
}

# drop_in SERVICE [FILE]: adds what deploy/vps/drop-ins has for a service of Debian; `changed` says whether it differs.
drop_in() {
  install -d -m 755 "/etc/systemd/system/$1.service.d"
  # shellcheck disable=SC2154
  put 644 root "/etc/systemd/system/$1.service.d/antre.conf" <"$deploy/vps/drop-ins/${2:-$1}.conf"
  if [ "$changed" = yes ]; then systemctl daemon-reload; fi
}

# wait_ready PORT: whether the process behind this operations port is ready in time.
wait_ready() {
  local until=$((SECONDS + ready_within_seconds))
  while [ $SECONDS -lt $until ]; do
    if curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$1/readyz"; then return 0; fi
    sleep 0.2
  done
  return 1
}

# The processes of this machine, as unit and operations port. The worker comes last: it may stage what only a new API understands.
processes() {
  local number count
  count=$(variable_of /etc/antre/antre.env API_PROCESSES)
  for number in $(seq 1 "${count:-1}"); do echo "antre-api@$number 910$number"; done
  echo 'antre-worker 9150'
}

# end_surplus: ends API processes beyond API_PROCESSES. They would go on with their release.
end_surplus() {
  local number
  for ((number = $(processes | grep -c '^antre-api@') + 1; number <= 9; number++)); do
    systemctl disable -q --now "antre-api@$number"
  done
}

# restart_all: restarts one process after another. Stops at the first that does not become ready, and returns 1.
restart_all() {
  local unit port
  while read -r unit port; do
    systemctl enable -q "$unit"
    if systemctl restart "$unit" && wait_ready "$port"; then
      echo "  $unit is ready"
    else
      echo "  $unit is not ready after $ready_within_seconds s; its last words:" >&2
      journalctl --unit "$unit" --lines 20 --no-pager --output cat >&2 || true
      return 1
    fi
  done < <(processes)
  end_surplus
  # Where PgBouncer is. It must not hold up a release: without it Prometheus says that PgBouncer is not watched.
  if [ -f /etc/antre/pgbouncer-exporter.env ]; then
    systemctl enable -q antre-pgbouncer-exporter
    systemctl restart antre-pgbouncer-exporter || true
  fi
}

# point_at VERSION: makes a release the current one, in one step.
point_at() {
  ln -sfn "$root/$1" "$root/current.new"
  mv -T "$root/current.new" "$root/current"
  install_units "$root/$1/deploy/systemd"
}

# version_at LINK: the version that current or previous points at; empty if none.
version_at() { if [ -L "$root/$1" ]; then basename "$(readlink "$root/$1")"; fi; }

# unpack_release ARCHIVE VERSION: puts the files of a release in place. They stay if they came from this archive: another archive of the
# same version, made anew after a release that failed, brings other files.
unpack_release() {
  local archive=$1 place=$root/$2 partial=$root/.partial digest needed
  digest=$(sha256sum <"$archive")
  if [ -d "$place" ] && [ "$(cat "$place/.archive" 2>/dev/null)" = "$digest" ]; then return 0; fi
  rm -rf "$partial"
  mkdir "$partial"
  tar --extract --gzip --no-same-owner --directory "$partial" --file "$archive"
  for needed in api.mjs worker.mjs drizzle/migrate.mjs bin/node deploy/systemd; do
    [ -e "$partial/$needed" ] || fail "$archive has no $needed: it is no release"
  done
  "$partial/bin/node" --version >/dev/null || fail 'the Node of this release does not run here'
  echo "$digest" >"$partial/.archive"
  rm -rf "$place"
  mv "$partial" "$place"
}

# one_at_a_time: only one release, rollback or restart runs on a machine.
one_at_a_time() {
  exec 9>/run/antre-release.lock
  flock --nonblock 9 || fail 'another release is being made'
}
