import type { Context } from 'hono';

/**
 * An API call that one of our pages makes in this process, for the request that the page answers. It has the id of that
 * request. Only code of this process can make one: the mark is a symbol in the bindings, which no client can send.
 */
export type InnerCall = { readonly requestId: string };

const mark = Symbol('inner call');

type Marked = { readonly [mark]?: InnerCall } | undefined;

/** The bindings of an inner call. The connection is that of the outer request, so both have one network. */
export function innerBindings(c: Context): object {
  const requestId: string = c.get('requestId');
  return { ...c.env, [mark]: { requestId } satisfies InnerCall };
}

export function innerCallOf(c: Context): InnerCall | undefined {
  return (c.env as Marked)?.[mark];
}
