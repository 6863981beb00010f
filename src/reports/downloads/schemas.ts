import { z } from '@hono/zod-openapi';
import { patternFault, timeSchema } from '../../http/contract/schemas.ts';
import { signedTextLengthMax } from '../../platform/text/signed-text.ts';

export const downloadReportSchema = z
  .strictObject({
    token: z
      .string()
      .max(signedTextLengthMax)
      .regex(/^[\x21-\x7e]*$/, patternFault('text.not_visible_ascii')),
  })
  .openapi('DownloadReport');

export const reportLinkSchema = z
  .object({
    url: z
      .string()
      .openapi({ description: 'A page that downloads the file. Anybody with this address can read the file.' }),
    expiresAt: timeSchema,
  })
  .openapi('ReportLink');
