import PdfDocument from 'pdfkit';
import { type TicketsPdfInput, drawTicket, writtenTexts } from './draw-ticket.ts';
import { openFonts } from '../../platform/typesetting/fonts.ts';
import { paperText } from './paper/printable.ts';

/**
 * Draws one A5 page per ticket, tagged so that screen readers read it in order, in the language of the order. The same tickets give the
 * same bytes. It blocks its process for 1.6 ms per ticket, so the service calls it in a helper process (`print-tickets.ts`).
 */
export async function renderTickets(input: TicketsPdfInput): Promise<Buffer> {
  const { event, order, tickets } = input;
  const texts = writtenTexts(input);
  // Texts in PDF's standard fonts need no other font.
  const fonts = await openFonts(texts.length > 1 ? texts : []);
  const document = new PdfDocument({
    autoFirstPage: false,
    size: 'A5',
    margin: 0,
    pdfVersion: '1.7',
    tagged: true,
    lang: order.locale === 'id' ? 'id-ID' : 'en-GB',
    displayTitle: true,
    info: {
      Title: paperText(event.name),
      Creator: 'antre',
      Producer: 'antre',
      CreationDate: order.placedAt,
    },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  const whole = document.struct('Document');
  document.addStructure(whole);
  for (const [index, ticket] of tickets.entries()) {
    document.addPage();
    drawTicket({ document, fonts, whole }, input, ticket, { number: index + 1, count: tickets.length });
  }
  whole.end();
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
