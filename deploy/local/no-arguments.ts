/** Whether the reader asks how a command is used. */
export const asksForHelp = (args: readonly string[]): boolean => args.some((arg) => arg === '--help' || arg === '-h');

/**
 * For a command that takes no arguments: `--help` prints what it does, and any other argument is refused. Both end the
 * process, with exit code 0 or 2.
 */
export function takeNoArguments(command: string, does: string): void {
  const args = process.argv.slice(2);
  if (args.length === 0) return;
  if (asksForHelp(args)) {
    process.stdout.write(`usage: npm run ${command}\n\n${does}\n`);
    process.exit(0);
  }
  process.stderr.write(`${command}: it takes no arguments, and was given ${args[0]}\n`);
  process.exit(2);
}
