import { setTimeout as pause } from 'node:timers/promises';
import { createLog } from '../../../src/platform/log.ts';

/** Logs more than the output keeps. Nothing of it can be written. */
const log = createLog({ level: 'info', process: 'test' });
for (let round = 0; round < 20; round += 1) {
  for (let line = 0; line < 1000; line += 1) log.info({ round, line }, 'a line that takes some room in the output');
  await pause(20);
}
process.stderr.write('still at work\n');
// Otherwise Node would try to write the output again when the process exits.
process.kill(process.pid, 'SIGKILL');
