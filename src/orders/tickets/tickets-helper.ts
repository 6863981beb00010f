import { answerTasks } from '../../platform/resilience/helper-side.ts';
import { renderTickets } from './render-tickets.ts';

/** The helper process that draws tickets. Only it loads pdfkit and the fonts. */
answerTasks(renderTickets);
