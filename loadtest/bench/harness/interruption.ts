const interruptedCode = 130;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let interrupted = false;

/** Whether a bench or drill is being ended from outside: what fails from then on fails because its servers have gone. */
export function isInterrupted(): boolean {
  return interrupted;
}

/**
 * An interrupted bench or drill leaves neither servers nor data. One Ctrl-C may arrive several times: by the terminal, and by npm.
 * @returns forgets it again
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
