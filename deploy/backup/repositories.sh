# shellcheck shell=bash
# What base-backup and restore-check share: the repositories of pgBackRest, and when each was last in order, which the machine's exporter
# reads.

# Their numbers, from the files that pgBackRest reads.
repositories() {
  sed -n 's/^repo\([0-9]\+\)-path=.*/\1/p' "${PGBACKREST_CONFIG:-/etc/pgbackrest.conf}" \
    "${PGBACKREST_CONFIG_INCLUDE_PATH:-/etc/pgbackrest/conf.d}"/*.conf | sort -un
}

# tell FILE NAME GOOD...: writes for each repository when it was last in order: now for those that are named, else as before. One that never
# was has 0, so that its alert fires at once; so has "none" where no repository is configured.
tell() {
  local file=$1 name=$2 good=" ${*:3} " repository before told
  [ -d "$(dirname "$file")" ] || return 0
  told=$(mktemp "$file.XXXXXX")
  for repository in $(repositories); do
    before=$(sed -n "s/^$name{repository=\"$repository\"} //p" "$file" 2>/dev/null || true)
    if [[ $good == *" $repository "* ]]; then before=$(date +%s); fi
    echo "$name{repository=\"$repository\"} ${before:-0}"
  done >"$told"
  [ -s "$told" ] || echo "$name{repository=\"none\"} 0" >"$told"
  chmod 644 "$told"
  mv "$told" "$file"
}

# end_with GOOD FAILED MESSAGE: fails if one of them failed, and if there was none: a timer that does nothing must not end well.
end_with() {
  [ -n "$1$2" ] || { echo 'no repository is configured, so nothing was done' >&2; return 1; }
  [ -z "$2" ] || { echo "$3$2" >&2; return 1; }
}
