import { createServer } from 'node:http';
import postgres from 'postgres';
import { Gauge, Registry } from 'prom-client';

/**
 * Exports PgBouncer's console as metrics, under the names of prometheus-community/pgbouncer_exporter, which Compose runs. Debian's package
 * of it needs columns that PgBouncer removed in 1.8. Started by `npm start -- --observe`, and on a Debian machine by
 * `antre-pgbouncer-exporter.service`, with PGBOUNCER_ADMIN_URL and PORT.
 */

const askDeadlineMs = 3000;

const registry = new Registry();
const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
  new Gauge({ name: `pgbouncer_${name}`, help, labelNames, registers: [registry] });

const up = gauge('up', 'Whether the console answers');
const poolColumns = {
  cl_active: gauge('pools_client_active_connections', 'Clients linked to a connection, or idle', ['database', 'user']),
  cl_waiting: gauge('pools_client_waiting_connections', 'Clients that wait for a connection', ['database', 'user']),
  sv_active: gauge('pools_server_active_connections', 'Connections linked to a client', ['database', 'user']),
  sv_idle: gauge('pools_server_idle_connections', 'Connections that are free', ['database', 'user']),
  maxwait: gauge('pools_client_maxwait_seconds', 'Wait of the oldest client', ['database', 'user']),
};
const configColumns = {
  max_client_conn: gauge('config_max_client_connections', 'Clients that may be connected'),
};

async function ask(sql: postgres.Sql): Promise<void> {
  const pools = await sql.unsafe<Record<string, string>[]>('show pools').simple();
  const settings = await sql.unsafe<Record<string, string>[]>('show config').simple();
  for (const [column, metric] of Object.entries(poolColumns)) {
    // A pool that no longer exists must not keep its last value.
    metric.reset();
    for (const row of pools)
      metric.set({ database: row['database'] ?? '', user: row['user'] ?? '' }, Number(row[column] ?? 0));
  }
  for (const [key, metric] of Object.entries(configColumns))
    metric.set(Number(settings.find((row) => row['key'] === key)?.['value'] ?? 0));
}

/** One connection per scrape, so that a restart of PgBouncer needs no reconnect. */
async function collect(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, fetch_types: false, onnotice: () => {} });
  const late = setTimeout(() => void sql.end({ timeout: 0 }), askDeadlineMs);
  try {
    await ask(sql);
    up.set(1);
  } catch {
    for (const metric of Object.values(poolColumns)) metric.reset();
    up.set(0);
  } finally {
    clearTimeout(late);
    await sql.end({ timeout: 0 });
  }
  return registry.metrics();
}

const url = process.env['PGBOUNCER_ADMIN_URL'] ?? '';
createServer((_request, response) => {
  void collect(url).then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text));
}).listen(Number(process.env['PORT']), '127.0.0.1');
