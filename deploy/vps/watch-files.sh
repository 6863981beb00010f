# shellcheck shell=bash
# The files of deploy/prometheus, deploy/alertmanager and deploy/blackbox for one machine: each function reads such a file on standard input
# and writes it with the addresses of this machine.

# Prometheus' own file. The parts have the ports of install-watch.sh.
prometheus_file() {
  local api_processes=$1 api='' number
  for number in $(seq 1 "$api_processes"); do api+="${api:+, }\"127.0.0.1:910$number\""; done
  sed -e "s|dns_sd_configs: \[{ names: \[api\].*|static_configs: [{ targets: [$api] }]|" \
    -e 's|dns_sd_configs: \[{ names: \[worker\].*|static_configs: [{ targets: ["127.0.0.1:9150"] }]|' \
    -e '/^ *# Processes under systemd/d' -e '/^ *# static_configs/d' \
    -e 's|redis-cache:6379|127.0.0.1:6379|' -e 's|redis-queue:6379|127.0.0.1:6380|' \
    -e 's/\b\(localhost\|alertmanager\|[a-z]*-exporter\):/127.0.0.1:/'
}

# probes_file PUBLIC_URL SMTP_URL: what the prober asks, the edge by its own name. A mail server on this machine has no certificate.
probes_file() {
  local here='/part: mail/d'
  smtp_parts "$2"
  if [ $smtp_tls = yes ]; then here="s/smtp\.example\.com:587\(.*\)certificate_starttls/$smtp_host:$smtp_port\1$smtp_probe/"; fi
  sed -e "s|https://tickets\.example\.com/|$1/|" -e "$here"
}

# alertmanager_file SMTP_URL FROM TO WHATSAPP: who hears of alerts. Without WHATSAPP (yes or no) by mail alone.
alertmanager_file() {
  local from to=$3 whatsapp=$4
  # Of "antre <tickets@tickets.example>" the address.
  from=${2##*<}
  from=${from%%>*}
  smtp_parts "$1"
  awk -v whatsapp="$whatsapp" -v user="$smtp_user" -v tls="$smtp_tls" '
    /^  smtp_auth_/ && user == "" { next }
    /^  smtp_smarthost:/ && tls == "no" { print "  smtp_require_tls: false" }
    /^    webhook_configs:/ && whatsapp == "no" { dropped = 1; next }
    /^  - name:/ { dropped = 0 }
    !dropped' |
    sed -e "s|smtp\.example\.com:587|$smtp_host:$smtp_port|" -e "s|smtp_from: .*|smtp_from: $from|" \
      -e "s|smtp_auth_username: .*|smtp_auth_username: \"$smtp_user\"|" -e "s/\(oncall\|team\)@example\.com/$to/" \
      -e 's|/etc/alertmanager/|/etc/prometheus/|' -e 's|//worker:9100/|//127.0.0.1:9150/|' -e 's|//api:9100/|//127.0.0.1:9101/|'
}

# smtp_parts URL: sets smtp_user, smtp_password, smtp_host, smtp_port, smtp_tls (only a mail server on this machine takes plain text), and
# smtp_probe, the module of the prober.
smtp_parts() {
  [[ $1 =~ ^(smtps?)://(([^:@]*)(:([^@]*))?@)?([^:/@]+)(:([0-9]+))? ]] || fail 'SMTP_URL is not smtp://host:port or smtps://host:port'
  smtp_user=$(printf '%b' "${BASH_REMATCH[3]//%/\\x}") smtp_host=${BASH_REMATCH[6]} smtp_tls=yes
  # Read by install-watch.sh.
  # shellcheck disable=SC2034
  smtp_password=$(printf '%b' "${BASH_REMATCH[5]//%/\\x}")
  if [ "${BASH_REMATCH[1]}" = smtps ]; then
    smtp_port=${BASH_REMATCH[8]:-465} smtp_probe=certificate_verified
  else
    smtp_port=${BASH_REMATCH[8]:-587} smtp_probe=certificate_starttls
  fi
  case $smtp_host in localhost | 127.*) smtp_tls=no ;; esac
}
