import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Arrival, SinkReport } from './mail-sink.ts';

export type MailSink = {
  readonly url: string;
  readonly pid: number;
  /** Mails that arrived since the last call. */
  taken(): Promise<{ readonly arrivals: readonly Arrival[]; readonly bytes: number }>;
  /** Mails of this size per second that it accepts from this many plain connections: the sink's own limit. */
  limit(connections: number, bytes: number, seconds: number): Promise<number>;
  stop(): Promise<void>;
};

export async function startMailSink(): Promise<MailSink> {
  const child = fork(new URL('mail-sink.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const next = async () => ((await once(child, 'message')) as [SinkReport])[0];
  const begun = await next();
  const port = 'port' in begun ? begun.port : 0;
  const taken = async () => {
    child.send('taken');
    const report = await next();
    return 'arrivals' in report ? report : { arrivals: [], bytes: 0 };
  };
  return {
    url: `smtp://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    taken,
    limit: async (connections, bytes, seconds) => {
      const until = performance.now() + seconds * 1000;
      await Promise.all(Array.from({ length: connections }, () => sendPlainly(port, bytes, until)));
      return (await taken()).arrivals.length / seconds;
    },
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function sendPlainly(port: number, bytes: number, until: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const answer = () => once(socket, 'data');
  await answer();
  const mail = `${'x'.repeat(bytes)}\r\n.\r\n`;
  while (performance.now() < until) {
    for (const said of ['MAIL FROM:<a@example.test>\r\n', 'RCPT TO:<b@example.test>\r\n', 'DATA\r\n', mail]) {
      socket.write(said);
      await answer();
    }
  }
  socket.destroy();
}
