/**
 * Thrown by a job that can do nothing useful now: a limit is used up, a circuit is open, an outside party does not
 * answer. The worker delays the job by `seconds`, and the run does not count as one of the job's attempts.
 */
export class RetryLater extends Error {
  readonly seconds: number;

  constructor(seconds: number, reason: string) {
    super(`again in ${seconds.toFixed(1)} s: ${reason}`);
    this.name = 'RetryLater';
    this.seconds = seconds;
  }
}
