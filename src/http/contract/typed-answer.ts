import type { TypedResponse } from 'hono';

/** Gives bytes the type of the schema that they were rendered from earlier. */
export function typedAnswer<Body>(response: Response): Response & TypedResponse<Body, 200, 'json'> {
  return response as Response & TypedResponse<Body, 200, 'json'>;
}
