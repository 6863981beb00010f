/**
 * The part of their scope that our service workers use, because the compiler knows the types of pages, not those of
 * workers. Only a type: workers that share a value import a chunk, which a classic worker cannot.
 */
export type WorkerScope = {
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
};

type Waiting = Event & { waitUntil(work: Promise<unknown>): void };
type Fetching = Waiting & { readonly request: Request; respondWith(answer: Promise<Response>): void };
