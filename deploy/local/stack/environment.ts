import { join } from 'node:path';
import { demoBeaconPeriodSeconds, demoChain } from '../../../sandbox/beacon/demo-chain.ts';
import { keepWalletKeys } from '../../../sandbox/wallet/keep-wallet-keys.ts';
import { neededSecretNames } from '../../../src/production-faults.ts';
import { dataFolder } from '../places.ts';
import { keepSecrets } from '../services/keep-secrets.ts';
import type { ServiceAddresses } from '../services/start-services.ts';
import type { Plan } from './plan.ts';
import { whatsappTexts } from './whatsapp-texts.ts';

/**
 * The environment of the product's own processes in the local stack. The user's own variables win, except the address to
 * listen on: demo users with a public password stay on the loopback address.
 */
export async function productEnvironment(
  plan: Plan,
  addresses: ServiceAddresses,
  given: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const sandbox = `http://127.0.0.1:${plan.ports.sandbox}`;
  const defaults = {
    ENV: 'development',
    PUBLIC_URL: `http://localhost:${plan.edge ? plan.ports.edge : plan.ports.api}`,
    ...(plan.edge ? { TRUSTED_PROXIES: '127.0.0.1' } : {}),
    DATABASE_PREPARE: String(addresses.preparedStatements),
    MIDTRANS_SNAP_URL: `${sandbox}/midtrans`,
    MIDTRANS_API_URL: `${sandbox}/midtrans`,
    WHATSAPP_GRAPH_URL: `${sandbox}/graph`,
    WAHA_INSTANCES: `sandbox=${sandbox}/waha`,
    FONNTE_URL: `${sandbox}/fonnte`,
    WABLAS_URL: `${sandbox}/wablas/{server}`,
    ...sandboxBeacon(sandbox, given),
    FILES_DIR: join(dataFolder, 'files'),
    ...(plan.observe ? alertSender : {}),
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    ...(await keepWalletKeys(join(dataFolder, 'wallet'))),
    SMTP_URL: `smtp://127.0.0.1:${plan.ports.smtp}`,
    ...keepSecrets(join(dataFolder, 'secrets.json'), neededSecretNames),
  };
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  return {
    ...defaults,
    ...chosen,
    DATABASE_URL: addresses.databaseUrl,
    ...(addresses.databaseCountsUrl === undefined ? {} : { DATABASE_COUNTS_URL: addresses.databaseCountsUrl }),
    DATABASE_DIRECT_URL: addresses.databaseDirectUrl,
    REDIS_CACHE_URL: addresses.redisCacheUrl,
    REDIS_QUEUE_URL: addresses.redisQueueUrl,
    API_PROCESSES: String(plan.apiProcesses),
    HOST: '127.0.0.1',
    PORT: String(plan.ports.api),
    OPERATIONS_HOST: '127.0.0.1',
    OPERATIONS_PORT: String(plan.ports.operations),
  };
}

/** The session of the sandbox's WAHA by which operators hear of alerts. */
export const alertSession = {
  name: 'operators',
  apiKey: 'sandbox-operators-key',
  hmacKey: 'sandbox-operators-hmac',
} as const;

const alertSender = {
  ALERT_WHATSAPP_SENDER: JSON.stringify({
    kind: 'waha',
    instance: 'sandbox',
    session: alertSession.name,
    apiKey: alertSession.apiKey,
    hmacKey: alertSession.hmacKey,
  }),
  ALERT_WHATSAPP_TO: '6281200000001',
};

/** The sandbox's chain, whose key and hash follow from its period. */
function sandboxBeacon(sandbox: string, given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const period = Number(given['SANDBOX_BEACON_PERIOD_SECONDS'] ?? demoBeaconPeriodSeconds);
  const chain = demoChain(Number.isInteger(period) && period > 0 ? period : demoBeaconPeriodSeconds);
  return {
    BEACON_URL: `${sandbox}/beacon`,
    BEACON_CHAIN_HASH: chain.hash,
    BEACON_PUBLIC_KEY: chain.public_key,
    BEACON_GENESIS: String(chain.genesis_time),
    BEACON_PERIOD_SECONDS: String(chain.period),
  };
}

/** The sandbox's own variables. */
export function sandboxEnvironment(plan: Plan, given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    SANDBOX_LOG: join(dataFolder, 'sandbox/journal.jsonl'),
    SANDBOX_PUBLIC_URL: `http://localhost:${plan.ports.sandbox}`,
    SANDBOX_WHATSAPP_CALLBACK_URL: `http://127.0.0.1:${plan.ports.api}/v1/callbacks/whatsapp/{phoneNumberId}`,
    SANDBOX_WHATSAPP_TEXTS: JSON.stringify(whatsappTexts(`http://localhost:${plan.ports.api}`)),
    ...given,
    SANDBOX_PORT: String(plan.ports.sandbox),
    SANDBOX_SMTP_PORT: String(plan.ports.smtp),
  };
}
