import { connect } from 'node:net';
import type { Redis } from 'ioredis';

/** A command as Redis shows it to MONITOR; commands inside scripts have the source `lua`. */
export type SeenCommand = { readonly args: string[]; readonly source: string; readonly database: string };

const linePattern = /^\+\d+\.\d+ \[(\d+) ([^\]]+)\] (.*)$/;
const argumentPattern = /"((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };

/**
 * Every command that clients send to this server, on a connection of its own: `monitor` of ioredis fails if a command arrives
 * together with the answer to MONITOR.
 */
export async function watchCommands(redis: Redis, seen: (command: SeenCommand) => void): Promise<{ end(): void }> {
  const { host = '127.0.0.1', port = 6379, username = 'default', password } = redis.options;
  const socket = connect(port, host);
  const login = password === undefined || password === null ? '' : `AUTH ${username} ${password}\r\n`;
  socket.write(`${login}MONITOR\r\n`);
  let answersLeft = login === '' ? 1 : 2;
  let rest = '';
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      const lines = `${rest}${chunk.toString('latin1')}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (answersLeft > 0) {
          answersLeft -= 1;
          if (line !== '+OK') reject(new Error(`MONITOR was answered ${line}`));
          else if (answersLeft === 0) resolve();
          continue;
        }
        const [, database = '', source = '', text = ''] = linePattern.exec(line) ?? [];
        const args = [...text.matchAll(argumentPattern)].map(([, quoted = '']) => unquoted(quoted));
        if (args.length > 0) seen({ args, source, database });
      }
    });
  });
  return { end: () => socket.destroy() };
}

function unquoted(text: string): string {
  const bytes = text.replaceAll(/\\(?:x([0-9a-f]{2})|(.))/gi, (_all, hex: string | undefined, one: string) =>
    hex === undefined ? (escapes[one] ?? one) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
