import { type Socket, createServer } from 'node:net';
import { serveSink } from './serve-sink.ts';

/**
 * A mail server that accepts everything and keeps only arrival times, so that it never limits the sender. It runs in a
 * process of its own, and answers a message with the arrivals since the previous one.
 */

const endOfMail = '\r\n.\r\n';

function talk(socket: Socket): void {
  let received = '';
  let recipient = '';
  let isMail = false;
  const answerLine = (line: string): string => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') return '250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n';
    if (verb === 'RCPT') recipient = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (verb === 'DATA') isMail = true;
    if (verb === 'DATA') return '354 go on\r\n';
    return verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n';
  };
  const takeOne = (): string | undefined => {
    const mark = isMail ? endOfMail : '\r\n';
    const end = received.indexOf(mark);
    if (end < 0) return undefined;
    const taken = received.slice(0, end);
    received = received.slice(end + mark.length);
    if (!isMail) return answerLine(taken);
    isMail = false;
    note(recipient, taken.length);
    return '250 kept\r\n';
  };
  socket.setNoDelay(true).on('error', () => {});
  socket.write('220 sink\r\n');
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    let answers = '';
    for (let answer = takeOne(); answer !== undefined; answer = takeOne()) answers += answer;
    if (answers !== '') socket.write(answers);
  });
}

const note = serveSink(createServer(talk));
