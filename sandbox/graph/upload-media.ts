import { randomInt } from 'node:crypto';
import { Hono } from 'hono';
import { keep, mediaMax, senderCalling, type Graph } from './graph.ts';
import { graphError } from './graph-errors.ts';

const imageBytesMax = 5 * 1_048_576;
const documentBytesMax = 16 * 1_048_576;
const types = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'text/plain', 'video/mp4'];

/** `POST /{version}/{phoneNumberId}/media`: multipart with `messaging_product`, `type` and `file`; answers its id. */
export function uploadMediaRoutes(graph: Graph): Hono {
  return new Hono().post('/:version{v[0-9]+\\.[0-9]+}/:phoneNumberId/media', async (context) => {
    const sender = senderCalling(graph, context.req.param('phoneNumberId'), context.req.header('authorization'));
    if (sender === undefined) return graphError(190, 'The access token is not that of this phone number');
    const form = await context.req.parseBody().catch((): Record<string, string | File> => ({}));
    const file = form['file'];
    if (form['messaging_product'] !== 'whatsapp') return graphError(131008, 'messaging_product is required');
    if (!(file instanceof File)) return graphError(131008, 'file is required');
    const type = typeof form['type'] === 'string' ? form['type'] : file.type;
    if (!types.includes(type)) return graphError(131009, `type ${type} is not supported`);
    if (file.size > (type.startsWith('image/') ? imageBytesMax : documentBytesMax))
      return graphError(131009, 'file is too large');

    const id = String(randomInt(1e14, 2e14));
    const bytes = new Uint8Array(await file.arrayBuffer());
    keep(graph.media, id, { id, phoneNumberId: sender.phoneNumberId, type, bytes }, mediaMax);
    graph.journal.append({
      kind: 'whatsapp.media',
      mediaId: id,
      phoneNumberId: sender.phoneNumberId,
      type,
      bytes: bytes.length,
    });
    return context.json({ id });
  });
}
