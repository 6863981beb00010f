import { once } from 'node:events';
import { connect } from 'node:net';
import { type Sink, startSink } from './start-sink.ts';

export type MailSink = Sink & {
  readonly url: string;
  /** Mails of this size per second that it accepts from this many plain connections: the sink's own limit. */
  limit(connections: number, bytes: number, seconds: number): Promise<number>;
};

export async function startMailSink(): Promise<MailSink> {
  const sink = await startSink('mail-sink.ts');
  return {
    ...sink,
    url: `smtp://127.0.0.1:${sink.port}`,
    limit: async (connections, bytes, seconds) => {
      const until = performance.now() + seconds * 1000;
      await Promise.all(Array.from({ length: connections }, () => sendPlainly(sink.port, bytes, until)));
      return (await sink.taken()).arrivals.length / seconds;
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
