import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { inputFaults } from '../http/contract/router.ts';
import { listSwitchRows } from '../traffic-control/switches/queries.ts';
import { presentSwitches, turnSchema } from '../traffic-control/switches/schemas.ts';
import { turnSwitch } from '../traffic-control/switches/turn-switch.ts';
import { findSwitchableEvent } from '../switches.ts';
import { withService } from './with-service.ts';

/**
 * The switches, from where the database can be reached; every API process follows within a second.
 *
 *     node src/cli/switches.ts
 *     node src/cli/switches.ts close_sales --event senja-live --on --reason "stock counter is wrong" --until 2026-12-01T20:00:00Z
 *     node src/cli/switches.ts close_sales --event senja-live --off --reason "mended"
 */
const usage = 'usage: switches [<name> --on|--off --reason <why> [--event <slug or id>] [--until <time>] [--by <who>]]';

await withService('switches', usage, async ({ db }) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      on: { type: 'boolean', default: false },
      off: { type: 'boolean', default: false },
      event: { type: 'string' },
      reason: { type: 'string' },
      until: { type: 'string' },
      by: { type: 'string' },
    },
  });
  const [name, ...others] = positionals;
  if (name === undefined) return process.argv.length > 2 ? { faults: ['name the switch'] } : { lines: await listed() };
  if (values.on === values.off) return { faults: ['say either --on or --off'] };
  if (others.length > 0) return { faults: [`${others.join(' ')}: one switch at a time`] };
  const turn = turnSchema.safeParse({
    on: values.on,
    event: values.event,
    reason: values.reason ?? '',
    by: values.by ?? operatorName(),
    until: values.until,
  });
  if (!turn.success) return { faults: inputFaults(turn.error).map(({ path, message }) => `--${path}: ${message}`) };
  const { until, ...said } = turn.data;
  await turnSwitch(
    { db, findSwitchableEvent },
    { ...said, name, until: until === undefined ? undefined : new Date(until) },
  );
  return { lines: await listed() };

  async function listed(): Promise<string[]> {
    return presentSwitches(await listSwitchRows(db)).flatMap(({ name, on, means, turned }) => [
      `${on ? 'ON ' : 'off'}  ${name.padEnd(14)} ${means}`,
      ...turned
        .filter((turn) => turn.on)
        .map(
          ({ event, until, reason, by, at }) =>
            `       ${event ?? 'all events'}, by ${by} at ${at}: ${reason}${until === null ? '' : `; until ${until}`}`,
        ),
    ]);
  }
});

/** Containers may run under a number that has no name. */
function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
