import type { Context } from 'hono';
import type { Api } from '../../../client/api.d.ts';
import { call } from '../../../client/call.ts';
import { innerBindings } from '../../../http/inner-call.ts';
import { addressHeaders } from '../../../http/server/client-network.ts';

/** Calls the API inside this process, without a socket. */
export type CallApi = (request: Request, bindings: object) => Response | Promise<Response>;

/**
 * The organiser's API for the desk's pages, typed by the contract (`npm run api:types`). `path` is the route's pattern
 * (`/v1/organizers/:slug/events`); its input is `param`, `query`, `header` and `json`. Resolves to the response body.
 * Every call throws AntreProblem if the API refuses.
 */
export type DeskApi = {
  get<Path extends PathOf<'get'>>(path: Path, ...input: InputOf<Path, 'get'>): Promise<DataOf<Path, 'get'>>;
  post<Path extends PathOf<'post'>>(path: Path, ...input: InputOf<Path, 'post'>): Promise<DataOf<Path, 'post'>>;
  put<Path extends PathOf<'put'>>(path: Path, ...input: InputOf<Path, 'put'>): Promise<DataOf<Path, 'put'>>;
  patch<Path extends PathOf<'patch'>>(path: Path, ...input: InputOf<Path, 'patch'>): Promise<DataOf<Path, 'patch'>>;
  delete<Path extends PathOf<'delete'>>(path: Path, ...input: InputOf<Path, 'delete'>): Promise<DataOf<Path, 'delete'>>;
};

/** The response body of a GET route: `Data<'/v1/organizers/:slug/events'>`. */
export type Data<Path extends PathOf<'get'>> = DataOf<Path, 'get'>;

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathOf<Verb extends Method> = { [Path in keyof Api]: Verb extends keyof Api[Path] ? Path : never }[keyof Api];
type Operation<Path extends keyof Api, Verb extends Method> = Verb extends keyof Api[Path] ? Api[Path][Verb] : never;
type DataOf<Path extends keyof Api, Verb extends Method> =
  Operation<Path, Verb> extends { data: infer Data } ? Data : never;
type InputOf<Path extends keyof Api, Verb extends Method> =
  Operation<Path, Verb> extends { input: infer Input }
    ? object extends Input
      ? [input?: Input]
      : [input: Input]
    : never;

type Parts = {
  readonly param?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly header?: Readonly<Record<string, string | undefined>>;
  readonly json?: unknown;
  /** The content of a file. */
  readonly bytes?: Uint8Array;
};

/**
 * Timeout of a call. The page then says that the service is busy. A sign-in may wait for its turn (`passwordMsMax`); the edge times out after
 * 20 s.
 */
export const timeoutMs = 18_000;
/** Longer for uploads, which may wait for a free image worker. */
const fileTimeoutMs = 75_000;
/** A placeholder: a Request needs an absolute URL, but nothing connects to it. */
export const inProcess = 'http://api.invalid';

/**
 * The API for one request of a member, with the member's session as the credential. Calls are not retried: the member sees the refusal
 * and decides. The client's address headers are passed on, so that limits count the member and not this process.
 */
export function createDeskApi(callApi: CallApi, c: Context, session: string | undefined): DeskApi {
  const forwarded = addressHeaders.flatMap((name) => {
    const value = c.req.header(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const fetch = async (url: string, init: object) => {
    const request = new Request(url, init);
    for (const [name, value] of forwarded) request.headers.set(name, value);
    return callApi(request, innerBindings(c));
  };
  const by =
    (method: Method) =>
    async (path: string, input: Parts = {}) => {
      const facts = {
        method: method.toUpperCase(),
        path: path.replaceAll(/:(\w+)/g, '{$1}'),
        ...(session === undefined ? {} : { secured: 'always' as const }),
      };
      const { data } = await call(
        facts,
        {
          ...(input.param === undefined ? {} : { path: input.param }),
          ...(input.query === undefined ? {} : { query: input.query }),
          ...(input.header === undefined ? {} : { headers: input.header }),
          ...(input.json === undefined ? {} : { body: input.json }),
          ...(input.bytes === undefined ? {} : { body: input.bytes }),
        },
        {
          url: inProcess,
          retriesMax: 0,
          timeoutMs: input.bytes === undefined ? timeoutMs : fileTimeoutMs,
          fetch,
          ...(session === undefined ? {} : { token: session }),
        },
      );
      return data;
    };
  // Checking these types against every route costs the compiler more time than the rest of this folder, hence the cast.
  return {
    get: by('get'),
    post: by('post'),
    put: by('put'),
    patch: by('patch'),
    delete: by('delete'),
  } as unknown as DeskApi;
}
