import { z } from 'zod';
import { httpUrl } from '../variables.ts';

/** Where files are kept: in a folder, or with `S3_ENDPOINT` in a bucket. */
export const storageVariables = {
  FILES_DIR: z.string().default('.data/files'),
  S3_ENDPOINT: httpUrl.optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket: 3 to 63 of a-z, 0-9, . and -')
    .optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
};
