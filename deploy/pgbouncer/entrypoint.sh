#!/bin/sh
# Writes the list of users from the environment, where only this process can read it, and becomes PgBouncer.
set -eu
umask 077
cat >/run/pgbouncer/users.txt <<USERS
"antre_app" "${ANTRE_APP_PASSWORD:?}"
USERS
exec pgbouncer /etc/pgbouncer/pgbouncer.ini
