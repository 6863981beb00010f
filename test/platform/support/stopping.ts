import process from 'node:process';
import { createLog } from '../../../src/platform/log.ts';
import { createClosers, onStopSignal } from '../../../src/platform/resilience/shutdown.ts';

/** A process that opens three things and stops as its first argument says: well, never, or with a failure. */
const manner = process.argv[2];
const closers = createClosers(createLog({ level: 'silent', process: 'test' }));
for (const name of ['database', 'queue', 'server']) {
  closers.add(name, async () => {
    process.send?.(name);
    if (manner === 'never' && name === 'queue') await new Promise(() => {});
    if (manner === 'failing' && name === 'queue') throw new Error('could not');
  });
}
onStopSignal(() => closers.close().then(() => (manner === 'failed' ? Promise.reject(new Error('no')) : undefined)));
const alive = setInterval(() => {}, 1000);
process.send?.('ready');
process.on('disconnect', () => clearInterval(alive));
