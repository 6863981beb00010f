import { answerTasks } from '../../platform/resilience/helper-side.ts';
import { limitDecoders, makePicture } from './make-picture.ts';

/** The helper process that decodes and encodes pictures. Only it loads sharp. */
limitDecoders();
answerTasks(makePicture);
