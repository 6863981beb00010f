/**
 * Metrics of exporters that alerts and dashboards use, with the labels that they use. `test/deploy/observe.test.ts`
 * compares them with the exporters.
 */
export const metricsOfExporters: Readonly<Record<string, readonly string[]>> = {
  alertmanager_notifications_failed_total: ['integration'],
  antre_postgres_archive_failing: [],
  antre_postgres_database_bytes: ['datname'],
  antre_postgres_database_commits: ['datname'],
  antre_postgres_database_deadlocks: ['datname'],
  antre_postgres_database_rollbacks: ['datname'],
  antre_postgres_database_transaction_age: ['datname'],
  antre_postgres_sessions_allowed: [],
  antre_postgres_sessions_longest_idle_transaction_seconds: [],
  antre_postgres_sessions_longest_lock_wait_seconds: [],
  antre_postgres_sessions_longest_statement_seconds: [],
  antre_postgres_sessions_open: [],
  node_cpu_seconds_total: ['mode'],
  node_filesystem_avail_bytes: ['mountpoint', 'fstype', 'device'],
  node_filesystem_size_bytes: ['mountpoint', 'fstype', 'device'],
  node_memory_MemAvailable_bytes: [],
  node_memory_MemTotal_bytes: [],
  node_timex_offset_seconds: [],
  node_timex_sync_status: [],
  node_vmstat_oom_kill: [],
  pg_up: [],
  pgbouncer_pools_client_maxwait_seconds: ['database', 'user'],
  pgbouncer_pools_client_waiting_connections: ['database', 'user'],
  pgbouncer_pools_server_active_connections: ['database', 'user'],
  pgbouncer_pools_server_idle_connections: ['database', 'user'],
  pgbouncer_up: [],
  probe_success: ['part'],
  prometheus_notifications_dropped_total: [],
  prometheus_rule_evaluation_failures_total: ['rule_group'],
  redis_aof_last_write_status: ['role'],
  redis_commands_processed_total: ['role'],
  redis_connected_clients: ['role'],
  redis_evicted_keys_total: ['role'],
  redis_memory_max_bytes: ['role'],
  redis_memory_used_bytes: ['role'],
  redis_up: ['role'],
};

/** Seen only where there is a replica, TLS, or a backup. `test/deploy/observe.test.ts` makes an alert of the last. */
const somewhere: Readonly<Record<string, readonly string[]>> = {
  antre_backup_success_timestamp_seconds: ['repository'],
  antre_restore_check_success_timestamp_seconds: ['repository'],
  antre_postgres_replica_lag_seconds: ['replica'],
  probe_ssl_earliest_cert_expiry: ['part'],
};

export const exporterMetrics = { ...metricsOfExporters, ...somewhere };
