import { answerTasks } from '../platform/thread-side.ts';
import { renderTickets } from './render-tickets.ts';

/** The thread that draws tickets: pdfkit and the fonts are loaded here and nowhere else. */
answerTasks(renderTickets);
