import { Session } from 'node:inspector/promises';
import type { Handler } from 'hono';
import { hasOperatorToken } from './operator-token.ts';

const secondsDefault = 10;
const secondsMax = 60;
const samplingMicroseconds = 500;

/**
 * `GET /debug/profile?seconds=10` on the operations port, with the operator's token: a CPU profile of this process, for
 * the developer tools of a browser. One at a time; it costs some per cent while it runs.
 */
export function profile(token: string): Handler {
  let running = false;
  return async (c) => {
    if (!hasOperatorToken(c, token)) return c.json({ status: 'not allowed' }, 401);
    const seconds = Number(c.req.query('seconds') ?? secondsDefault);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > secondsMax) {
      return c.json({ status: `seconds takes a whole number from 1 to ${secondsMax}` }, 400);
    }
    if (running) return c.json({ status: 'a profile is being taken' }, 409);
    running = true;
    const session = new Session();
    try {
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
      await session.post('Profiler.start');
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      const { profile: taken } = await session.post('Profiler.stop');
      return c.body(JSON.stringify(taken), 200, {
        'content-type': 'application/json',
        'content-disposition': `attachment; filename="antre-${process.pid}.cpuprofile"`,
      });
    } finally {
      session.disconnect();
      running = false;
    }
  };
}
