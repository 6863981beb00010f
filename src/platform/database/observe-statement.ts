import { currentScope, traced } from '../tracing/scope.ts';

/** What a statement does, and to what: the first word, and the first table or function. */
const words = /^\s*(\w+)(?:[^]*?\b(?:from|into|update|join)\s+(?:only\s+)?"?([a-z_]\w*))?/i;
const namesMax = 500;
/** There are few statement texts, because values are passed separately. */
const names = new Map<string, string>();

/** Counts a call to Postgres for its request and adds it to the request's trace, by a name without values. */
export async function observeStatement<Result>(text: string, call: () => Promise<Result>): Promise<Result> {
  const scope = currentScope();
  if (scope === undefined) return call();
  const started = performance.now();
  scope.sql.calls += 1;
  try {
    if (scope.trace === undefined) return await call();
    const name = nameOf(text);
    return await traced(`sql ${name}`, 'client', { 'db.system.name': 'postgresql', 'db.query.summary': name }, call);
  } finally {
    scope.sql.ms += performance.now() - started;
  }
}

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const [, verb = 'statement', object] = words.exec(text) ?? [];
  const name = object === undefined ? verb.toLowerCase() : `${verb.toLowerCase()} ${object}`;
  if (names.size < namesMax) names.set(text, name);
  return name;
}
