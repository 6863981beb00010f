import type { RedisClient } from '../redis-client.ts';
import { currentScope, traced } from './scope.ts';

type Command = (this: unknown, ...given: unknown[]) => unknown;

/**
 * Records each command of a client in its trace. The methods are wrapped, not the sending: with automatic pipelining,
 * commands of several requests are sent together later. Values are never recorded.
 */
export function traceRedisCommands(redis: RedisClient): void {
  const methods = redis as unknown as Record<string, Command>;
  const wrap = (name: string): void => {
    const command = methods[name];
    if (typeof command !== 'function') return;
    methods[name] = function (this: unknown, ...given) {
      // A pipeline inherits the client's own scripts.
      if (this !== redis || currentScope()?.trace === undefined) return command.apply(this, given);
      const attributes = { 'db.system.name': 'redis', 'db.operation.name': name };
      return traced(`redis ${name}`, 'client', attributes, () => Promise.resolve(command.apply(redis, given)));
    };
  };
  for (const name of redis.getBuiltinCommands()) wrap(name);
  const define = redis.defineCommand.bind(redis);
  redis.defineCommand = (name, definition) => {
    define(name, definition);
    wrap(name);
  };
}
