import { type DestinationStream, type Logger, pino } from 'pino';
import { currentTraceId } from './tracing/scope.ts';

export type Log = Logger;

/** Names that could carry personal data or secrets; removed at the top level and one level down. */
const privateNames = [
  'email',
  'phone',
  'buyer',
  'password',
  'authorization',
  'accessToken',
  'token',
  'cookie',
  'body',
  'payload',
];

const framesMax = 11;
/** The stack repeats the message. Further lines of the message are not frames. */
const isFrame = (line: string) => /^\s+at /.test(line);

/**
 * The part of an error that a log line may show. Parameters, details and query text may carry what people typed, so
 * they are left out.
 */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  // Drizzle wraps the driver's error in one whose message has the query with its parameters.
  if ('query' in error && error.cause instanceof Error) return describeError(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // Class 22 of Postgres (data exceptions) quotes the offending value in its message.
  const message = code !== undefined && /^22\w{3}$/.test(code) ? 'data exception' : error.message;
  return {
    type: error.name,
    code,
    message,
    ...('constraint_name' in error ? { constraint: error.constraint_name } : {}),
    stack: error.stack?.split('\n').filter(isFrame).slice(0, framesMax).join('\n'),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/**
 * One JSON line per event. error: somebody must look now. warn: somebody should look today. info: one line per request
 * and per life event of a process. debug: for the developer. Lines carry ids, never personal data.
 */
export function createLog(options: {
  level: string;
  process: string;
  /** Lines carry the id of their trace. */
  isTraced?: boolean;
  /** Standard output if not given. */
  output?: DestinationStream;
}): Log {
  return pino(
    {
      level: options.level,
      base: { process: options.process, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      // If tracing is off, it costs log lines nothing.
      ...(options.isTraced === true ? { mixin: traceOfLine } : {}),
      redact: { paths: privateNames.flatMap((name) => [name, `*.${name}`]), remove: true },
    },
    options.output ?? openOutput(),
  );
}

/** Lines that are written while a request or job is traced carry its trace. */
function traceOfLine(): object {
  const traceId = currentTraceId();
  return traceId === undefined ? {} : { traceId };
}

const bufferedBytes = 4096;
/** The most bytes kept while the output accepts nothing. Later lines are dropped. */
const waitingBytesMax = 1_048_576;

/**
 * Standard output. A process that sells and takes payments must not end because a line cannot be written, for example
 * on a full disk. The next lines try the output again.
 */
function openOutput(): ReturnType<typeof pino.destination> {
  const output = pino.destination({ dest: 1, sync: false, minLength: bufferedBytes, maxLength: waitingBytesMax });
  output.on('error', () => {});
  return output;
}
