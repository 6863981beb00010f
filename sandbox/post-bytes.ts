import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** The answer: its status, or 0 with the reason if none came in time. */
export type PostAnswer = Readonly<{ status: number; location?: string; body: string; ms: number; error?: string }>;

export type PostBytes = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
  timeoutMs: number,
) => Promise<PostAnswer>;

const socketsMax = 512;
/** Enough of an answer to recognise it in the log. */
const answerCharactersKept = 500;

/** Posts callbacks over kept-alive connections. With new ones, a rush of callbacks would measure the handshake. */
export function createPostBytes(): Readonly<{ post: PostBytes; close: () => void }> {
  const options = { keepAlive: true, maxSockets: socketsMax, scheduling: 'lifo' } as const;
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);

  const post: PostBytes = (url, headers, body, timeoutMs) => {
    if (!URL.canParse(url)) return Promise.resolve({ status: 0, body: '', ms: 0, error: 'not a URL' });
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    const secure = url.startsWith('https:');
    const startedAt = performance.now();
    const once = (mayRepeat: boolean): Promise<PostAnswer> =>
      new Promise((resolve) => {
        const outgoing = (secure ? httpsRequest : httpRequest)(url, {
          method: 'POST',
          agent: secure ? https : http,
          headers: { ...headers, 'content-length': String(bytes.length) },
        });
        const deadline = setTimeout(() => outgoing.destroy(new Error('timeout')), timeoutMs);
        const done = (answer: Omit<PostAnswer, 'ms'>): void => {
          clearTimeout(deadline);
          resolve({ ...answer, ms: Math.round(performance.now() - startedAt) });
        };
        const failed = (error: NodeJS.ErrnoException): void => {
          const staleConnection = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
          if (!staleConnection || !mayRepeat) return done({ status: 0, body: '', error: error.code ?? error.message });
          clearTimeout(deadline);
          resolve(once(false));
        };
        outgoing.on('error', failed);
        outgoing.on('response', (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => {
            if (text.length < answerCharactersKept) text += chunk;
          });
          answer.on('error', failed);
          answer.on('end', () => {
            const { location } = answer.headers;
            const answered = { status: answer.statusCode ?? 0, body: text.slice(0, answerCharactersKept) };
            done(location === undefined ? answered : { ...answered, location });
          });
        });
        outgoing.end(bytes);
      });
    return once(true);
  };

  return {
    post,
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}
