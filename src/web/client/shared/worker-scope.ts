/** What our service workers use of their scope: the compiler knows the types of pages, not those of workers. */
export type WorkerScope = {
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
};

type Waiting = Event & { waitUntil(work: Promise<unknown>): void };
type Fetching = Waiting & { readonly request: Request; respondWith(answer: Promise<Response>): void };

export const workerScope = self as unknown as WorkerScope;
