import type { Context } from 'hono';
import type { z } from 'zod';
import { parseJson } from '../parse-json.ts';

/** The checked JSON body, or the 400 answer that names what is wrong. An empty body counts as `{}`. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<Readonly<{ value: z.output<Schema> }> | Readonly<{ response: Response }>> {
  const text = await context.req.text();
  const parsed = schema.safeParse(parseJson(text === '' ? '{}' : text));
  if (parsed.success) return { value: parsed.data };
  const errors = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return { response: context.json({ errors }, 400) };
}

type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Absent and undefined mean the same here. Stored values use only absent. */
export function dropUndefined<Value extends object>(value: Value): Defined<Value> {
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries) as Defined<Value>;
}
