const interruptedCode = 130;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let interrupted = false;

/** Whether a bench or drill is being interrupted: later failures are due to its stopped servers. */
export function isInterrupted(): boolean {
  return interrupted;
}

/** Runs a command to its end. A failure is printed in one line, and makes the exit code 1. */
export function runCommand(main: () => Promise<void>): void {
  main().then(
    () => process.exit(),
    (error: unknown) => {
      if (interrupted) return;
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
}

/** An error with its causes: that of drizzle only names the statement, and that of fetch only says that it failed. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${sentenceOf(error.cause)}`;
}

/**
 * Makes an interrupted bench or drill leave neither servers nor data. One Ctrl-C may arrive twice, from the terminal and
 * from npm.
 * @returns a function that undoes this
 */
export function endOnSignal(clearUp: () => Promise<void>): () => void {
  const end = () => {
    if (interrupted) return;
    interrupted = true;
    process.stderr.write('  interrupted; stopping\n');
    for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => {});
    const leave = () => process.exit(interruptedCode);
    clearUp().then(leave, leave);
  };
  for (const name of signals) process.on(name, end);
  return () => {
    for (const name of signals) process.off(name, end);
  };
}
