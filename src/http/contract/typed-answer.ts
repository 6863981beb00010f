import type { TypedResponse } from 'hono';

/** Bytes that were rendered from the schema's shape when they were made, and are now only sent: with the type of that shape. */
export function typedAnswer<Body>(response: Response): Response & TypedResponse<Body, 200, 'json'> {
  return response as Response & TypedResponse<Body, 200, 'json'>;
}
