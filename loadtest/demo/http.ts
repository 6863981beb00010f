export type Story = { readonly api: string; readonly sandbox: string; readonly slug: string; readonly run: string };
export type Step = <T>(sentence: string, act: () => Promise<T>) => Promise<T>;

/** A user of the demo. The password is published in the README, and only the local launcher creates these users. */
export const demoUser = (name: 'owner' | 'staff') => ({
  email: `${name}@demo.test`,
  password: 'demo-password-please-change',
});

/** A broken promise; the message describes it. */
export class StoryFault extends Error {}

export function expectThat(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new StoryFault(sentence);
}

/** Longer than a sign-in waits for its turn on a busy machine (`passwordMsMax`). */
const deadlineMs = 20_000;

export type Reply = { readonly status: number; readonly headers: Headers; readonly body: unknown };

/** The value at a path of a JSON body, or undefined. */
export function at(body: unknown, ...path: readonly (string | number)[]): unknown {
  let value = body;
  for (const name of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return value;
}

/** The `data` of a list. */
export function listOf(body: unknown): unknown[] {
  const data = at(body, 'data');
  return Array.isArray(data) ? data : [];
}

export async function request(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Reply> {
  const response = await fetch(url, {
    method: options.method ?? 'GET',
    headers: { ...(options.body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    signal: AbortSignal.timeout(deadlineMs),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

const takenWithinMs = 60_000;
const waitSecondsMax = 5;
const refusedForLoad = ['service.overloaded', 'service.busy'];

/** Whether a request was refused for load or by a limit. It has done nothing, so it may be sent again. */
function isRefusedForLoad({ status, body }: Reply): boolean {
  return status === 429 || (status === 503 && refusedForLoad.includes(String(at(body, 'code'))));
}

/**
 * Repeats a refused request as a real client does: when the answer says so, for a minute.
 * @param onWait called before each wait, with the answer
 * @returns the first answer that is no refusal, or the last refusal
 */
export async function untilTaken(
  ask: () => Promise<Reply>,
  { isRefused = isRefusedForLoad, onWait }: { isRefused?: (reply: Reply) => boolean; onWait?: OnWait } = {},
): Promise<Reply> {
  const end = performance.now() + takenWithinMs;
  for (;;) {
    const reply = await ask();
    if (!isRefused(reply) || performance.now() > end) return reply;
    const seconds = Math.min(Number(reply.headers.get('retry-after')) || 1, waitSecondsMax);
    onWait?.(reply, seconds);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

type OnWait = (reply: Reply, seconds: number) => void;

/** A request of the story. It says when the service was busy, and tries again. */
export async function call(url: string, options: Parameters<typeof request>[1] = {}): Promise<Reply> {
  const name = `${options.method ?? 'GET'} ${new URL(url).pathname}`;
  const say = (reply: Reply) => `${name} was refused for load: ${reply.status} ${String(at(reply.body, 'code'))}`;
  const reply = await untilTaken(() => request(url, options), {
    onWait: (refused, seconds) => process.stdout.write(`        ${say(refused)}; again in ${seconds} s\n`),
  });
  if (isRefusedForLoad(reply)) throw new StoryFault(`${say(reply)}, for ${takenWithinMs / 1000} s`);
  return reply;
}

/** Repeats the question until the answer is right, at most `seconds`. */
export async function until<T>(seconds: number, sentence: string, ask: () => Promise<T | undefined>): Promise<T> {
  const stop = performance.now() + seconds * 1000;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > stop) throw new StoryFault(`${sentence} (waited ${seconds} s)`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
