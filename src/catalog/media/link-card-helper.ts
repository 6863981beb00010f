import { answerTasks } from '../../platform/resilience/helper-side.ts';
import { drawLinkCard, limitToDrawings } from './draw-link-card.ts';

/** The helper process that draws link cards. It never reads a file that somebody sent: `picture-helper.ts` does that. */
limitToDrawings();
answerTasks(drawLinkCard);
