# shellcheck shell=bash
# Part of install: nginx with TLS, and the text of the firewall's rules.
# shellcheck disable=SC2154

step 'nginx'
install -d -m 755 /var/cache/nginx /var/www/acme
install -d -m 700 /etc/nginx/certificates
if [ ! -f /etc/nginx/certificates/fullchain.pem ]; then
  # A sale needs a real certificate; nginx does not start without any.
  name=$(variable_of "$environment" PUBLIC_URL)
  name=${name#https://}
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=$name" \
    -addext "subjectAltName=DNS:$name" -keyout /etc/nginx/certificates/privkey.pem -out /etc/nginx/certificates/fullchain.pem 2>/dev/null
  chmod 600 /etc/nginx/certificates/privkey.pem
fi
edge_changed=no
edge() {
  put 644 root "/etc/nginx/$1"
  if [ "$changed" = yes ]; then edge_changed=yes; fi
}
for file in "$deploy"/nginx/edge-*.conf; do
  name=${file##*/}
  edge "$name" <"$file"
done
# What a person has set there stays.
[ -f /etc/nginx/real-ip.conf ] || edge real-ip.conf <"$deploy/nginx/real-ip.conf"
sed 's/^user nginx;/user www-data;/' "$deploy/nginx/nginx.conf" | edge nginx.conf
# Named once for each process that shares the port: when one process has gone, the retry reaches another.
{
  echo 'upstream antre {'
  echo '  zone antre 128k;'
  echo '  least_conn;'
  for ((number = 1; number <= api_processes; number++)); do echo '  server 127.0.0.1:3000 max_fails=0;'; done
  echo '  keepalive 512;'
  echo '  keepalive_timeout 60s;'
  echo '}'
} | edge upstream.conf
nginx -t -q
systemctl enable -q nginx
drop_in nginx
if [ "$changed" = yes ]; then systemctl restart nginx; fi
if [ $edge_changed = yes ]; then systemctl reload-or-restart nginx; else systemctl start nginx; fi

step 'firewall'
# Written once, since a person narrows it. Not loaded here: rules that are wrong for this machine would lock its owner out.
grep -q 'table inet antre' /etc/nftables.conf || put 644 root /etc/nftables.conf <"$here/nftables.conf"
