import { answerTasks } from '../../platform/resilience/helper-side.ts';
import { renderTickets } from './render-tickets.ts';

/** The helper process that draws tickets: pdfkit and the fonts are loaded here and nowhere else. */
answerTasks(renderTickets);
