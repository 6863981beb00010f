/** A fault that the user can fix: `message` says what is wrong and what to do. Shown without a stack trace. */
export class LaunchProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'LaunchProblem';
  }
}
