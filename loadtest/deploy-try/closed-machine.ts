import type { Machine } from './machine.ts';

/** Bounds of `systemd-analyze security`: 0 is closed, 10 is open. */
const exposureMax: Readonly<Record<string, number>> = {
  'antre-api@1': 1.5,
  'antre-worker': 1.5,
  'antre-migrate': 1.5,
  'antre-backup': 2,
  'antre-restore-check': 2,
  'antre-heartbeat': 1.5,
  'antre-pgbouncer-exporter': 1.5,
  pgbouncer: 2,
  'redis-server@cache': 2,
  'redis-server@queue': 2,
  nginx: 3,
};

/** @throws Error if a unit is more exposed than allowed or has failed, or if the firewall's rules cannot be loaded */
export async function closedMachine(machine: Machine): Promise<void> {
  for (const [unit, max] of Object.entries(exposureMax)) {
    const said = await machine.run('systemd-analyze', 'security', '--no-pager', `${unit}.service`);
    const exposure = Number(/Overall exposure level for [^:]+: ([\d.]+)/.exec(said)?.[1] ?? Infinity);
    process.stdout.write(`           exposure of ${unit}: ${exposure} of at most ${max}\n`);
    if (exposure > max) throw new Error(`${unit} is more open than ${max}`);
  }
  await machine.run('nft', '--check', '--file', '/etc/nftables.conf');
  await machine.run('nft', '--file', '/etc/nftables.conf');
  const failed = await machine.run('systemctl', 'list-units', '--failed', '--no-legend', '--plain');
  if (failed.trim() !== '') throw new Error(`units have failed: ${failed}`);
}
