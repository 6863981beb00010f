import type { TypedResponse } from 'hono';

/** Gives bytes that were rendered from the schema's shape earlier the type of that shape. */
export function typedAnswer<Body>(response: Response): Response & TypedResponse<Body, 200, 'json'> {
  return response as Response & TypedResponse<Body, 200, 'json'>;
}
