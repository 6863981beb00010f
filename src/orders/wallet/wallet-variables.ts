import { z } from 'zod';

/** The variables of the signing keys of passes (`docs/features/wallet.md`), for the configuration. */
export const walletVariables = {
  APPLE_PASS_TYPE_ID: z
    .string()
    .regex(/^pass\.[A-Za-z0-9.-]{1,200}$/, 'must be an identifier such as pass.com.example.tickets')
    .optional(),
  APPLE_TEAM_ID: z
    .string()
    .regex(/^[A-Z0-9]{10}$/, 'must be the 10 characters of a team, such as ABCDE12345')
    .optional(),
  APPLE_PASS_CERTIFICATE_FILE: z.string().optional(),
  APPLE_PASS_KEY_FILE: z.string().optional(),
  APPLE_WWDR_CERTIFICATE_FILE: z.string().optional(),
  GOOGLE_WALLET_ISSUER_ID: z
    .string()
    .regex(/^\d{5,25}$/, 'must be the digits of an issuer')
    .optional(),
  GOOGLE_WALLET_KEY_FILE: z.string().optional(),
};

/** Each list is set as a whole or left out. */
export const walletVariablesTogether = [
  [
    'APPLE_PASS_TYPE_ID',
    'APPLE_TEAM_ID',
    'APPLE_PASS_CERTIFICATE_FILE',
    'APPLE_PASS_KEY_FILE',
    'APPLE_WWDR_CERTIFICATE_FILE',
  ],
  ['GOOGLE_WALLET_ISSUER_ID', 'GOOGLE_WALLET_KEY_FILE'],
] as const;
