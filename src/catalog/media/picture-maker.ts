import { busyIfLate, createHelpers, helperFile } from '../../platform/resilience/helper-processes.ts';
import { createWorkGate } from '../../platform/resilience/work-gate.ts';
import { pictureRefused } from '../errors.ts';
import type { MadePicture, PictureTask, makePicture } from './make-picture.ts';

const waitingMax = 8;
const waitMs = 30_000;
const retryAfterSeconds = 10;
/** On a core of its own a large photo takes about a second. */
const taskMsMax = 45_000;
/** Every answer comes within this time. */
export const pictureMsMax = waitMs + taskMsMax;
const idleMs = 60_000;
/** Pixels are outside of this heap; `picturePixelsMax` bounds them. */
const heapMiBMax = 96;

export type PictureMaker = {
  /**
   * All files of a picture. One picture is made at a time in a process.
   * @throws DomainError picture.type_unsupported, picture.animated, picture.too_many_pixels, picture.too_small, picture.unreadable,
   * service.busy
   */
  make(task: PictureTask): Promise<readonly MadePicture[]>;
  close(): Promise<void>;
};

/** Makes pictures in a helper process, behind a gate. */
export function createPictureMaker(): PictureMaker {
  const gate = createWorkGate({ work: 'picture', atOnceMax: 1, waitingMax, waitMs, retryAfterSeconds });
  const helpers = createHelpers<PictureTask, Awaited<ReturnType<typeof makePicture>>>({
    file: helperFile('./picture-helper.ts', import.meta.url),
    taskMsMax,
    idleMs,
    heapMiBMax,
    priority: 'low',
  });
  return {
    make: async (task) => {
      const leave = await gate.enter();
      try {
        const made = await helpers.run(task).catch(busyIfLate('picture', retryAfterSeconds));
        if ('refusal' in made) throw pictureRefused(made.refusal);
        return made.files;
      } finally {
        leave();
      }
    },
    close: () => helpers.close(),
  };
}
