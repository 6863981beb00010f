export type Story = { readonly api: string; readonly sandbox: string; readonly slug: string; readonly run: string };
export type Step = <T>(sentence: string, act: () => Promise<T>) => Promise<T>;

/** A broken promise; the message describes it. */
export class StoryFault extends Error {}

export function expectThat(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new StoryFault(sentence);
}

const deadlineMs = 10_000;

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
