import { readOptions } from './settings.ts';
import { startSandbox } from './start-sandbox.ts';

/** The sandbox as a process of its own. SANDBOX_* variables configure it; SIGINT and SIGTERM end it. */
try {
  const sandbox = await startSandbox(readOptions(process.env));
  process.stdout.write(`sandbox ready: page ${sandbox.url}/, SMTP ${sandbox.smtpUrl}\n`);
  const stop = (): void => {
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  process.stderr.write(`The sandbox could not start: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error.message;
  const port = 'port' in error ? String(error.port) : 'asked for';
  return `port ${port} is taken; set SANDBOX_PORT or SANDBOX_SMTP_PORT to a free one`;
}
