import { refusalsOf } from '../platform/errors.ts';
import { refusedRetrySeconds } from './limits.ts';

export const liveProblems = {
  'live.too_many_streams': { status: 429, title: 'Too many live streams' },
} as const;

export type LiveErrorCode = keyof typeof liveProblems;

const { tryLater } = refusalsOf<LiveErrorCode>();

export const tooManyStreams = () =>
  tryLater(
    'live.too_many_streams',
    'Too many live streams are open from here; close some, or poll the document instead.',
    refusedRetrySeconds,
  );
