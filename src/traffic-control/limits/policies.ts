import type { Config } from '../../config.ts';

/** What a limit counts by; `wider_network` is the IPv6 /48 around a network. */
export type KeyKind = 'network' | 'wider_network' | 'credential' | 'target' | 'callback';

/** At most `points` requests in `seconds`, counted from the first one, per key. */
export type Policy = {
  readonly name: PolicyName;
  readonly key: KeyKind;
  readonly points: number;
  readonly seconds: number;
};

/** Limits per network. Each has a second, wider one for all networks of one IPv6 /48. */
const networkPolicies = [
  'network',
  'check_in_network',
  'orders',
  'sign_in',
  'messages',
  'documents',
  'streams',
  'sign_ups',
  'verifications',
  'confirmations',
  'confirmation_failures',
  'credential_failures',
  'callback_failures_network',
] as const;
type NetworkPolicyName = (typeof networkPolicies)[number];

export type PolicyName =
  | NetworkPolicyName
  | `${NetworkPolicyName}_wide`
  | 'credential'
  | 'check_in'
  | 'sign_in_account'
  | 'sign_in_account_everywhere'
  | 'sign_in_known_client'
  | 'sign_in_first'
  | 'sign_in_first_everywhere'
  | 'reset_account'
  | 'reset_account_everywhere'
  | 'reset_known_client'
  | 'reset_first'
  | 'reset_first_everywhere'
  | 'message_target'
  | 'promo_failures'
  | 'promo_failures_confirmed'
  | 'verifications_budget'
  | 'verification_target'
  | 'verification_target_daily'
  | 'verification_target_everywhere'
  | 'verification_target_everywhere_daily'
  | 'verification_known_client'
  | 'verification_first'
  | 'verification_first_everywhere'
  | 'callback_failures';

/**
 * Limits on requests of every kind. Calls by our own pages are not counted by them, because the page's request was.
 * Limits that count acts, such as sign-ins and messages, count those calls too.
 */
export const countsEveryRequest: ReadonlySet<PolicyName> = new Set(['network', 'network_wide', 'credential']);

export type Policies = Readonly<Record<PolicyName, Policy>>;

const minute = 60;
/** A /48 may be one rented machine or the customers of a mobile operator: it gets four times the limit of a network. */
const widerFactor = 4;
/** A whole venue scans from behind one address. */
const doorNetworkFactor = 10;
/** One API key may serve every gate of a venue. */
const doorCredentialFactor = 2;
/** Invalid or ended credentials. Valid ones are neither counted nor refused because of the others. */
const credentialFailuresPerNetwork = 300;
const messagesPerNetwork = 30;
const signInsPerAccount = 10;
const signInsPerAccountEverywhere = 100;
/** Networks that may each have a first try besides these. */
const signInsFirstEverywhere = 1000;
/** Links that set a new password, to one member. `src/notifications/deliveries/caps.ts` must allow as many messages. */
const resetsPerAccount = 3;
const resetsPerAccountEverywhere = 5;
const resetsFirstEverywhere = 5;
const documentsPerNetwork = 300;
/** Each makes an organiser and a mail. */
const signUpsPerNetwork = 5;
/** Wrong promo codes of one event: from one network, and by a buyer with a confirmed address. */
const promoFailuresPerNetwork = 30;
const promoFailuresPerBuyer = 10;
const promoFailureSeconds = 10 * minute;
const messagesPerTarget = 3;
/** Equal to the time for which the caps of messages count, so that a request beyond the cap is refused here. */
const messageTargetSeconds = 60 * minute;
/** Codes to one buyer: requested from one network, and from all networks. */
const verificationsPerTarget = 3;
const verificationsPerTargetDaily = 10;
const verificationsPerKnownClient = 5;
const verificationsFirstEverywhere = 15;
const verificationsPerTargetEverywhere = 10;
const verificationsPerTargetEverywhereDaily = 20;
/** A buyer who mistypes may try again. */
const confirmationsPerVerification = 3;
/**
 * Wrong codes from one network, which thousands of phones may share: at least this many, and a tenth of the codes that the
 * network may request, since people mistype.
 */
const confirmationFailuresPerNetworkMin = 30;
const confirmationFailureShare = 0.1;
const day = 24 * 60 * minute;
const callbackFailuresPerMinute = 60;
/** Wrong keys of this many organisers may arrive through one gateway's network in one minute. */
const callbackAddressesFailing = 20;

/** The table of limits. The configuration sets those that an operator may want to change. */
export function policiesOf(
  config: Pick<
    Config,
    | 'REQUESTS_PER_MINUTE_PER_NETWORK'
    | 'ORDERS_PER_MINUTE_PER_NETWORK'
    | 'SIGN_INS_PER_MINUTE_PER_NETWORK'
    | 'VERIFICATIONS_PER_MINUTE_PER_NETWORK'
    | 'VERIFICATIONS_PER_MINUTE'
  >,
): Policies {
  const requests = config.REQUESTS_PER_MINUTE_PER_NETWORK;
  const policy = (name: PolicyName, key: KeyKind, points: number, seconds = minute): Policy => ({
    name,
    key,
    points,
    seconds,
  });
  const policies = {
    network: policy('network', 'network', requests),
    credential: policy('credential', 'credential', requests),
    check_in_network: policy('check_in_network', 'network', requests * doorNetworkFactor),
    check_in: policy('check_in', 'credential', requests * doorCredentialFactor),
    orders: policy('orders', 'network', config.ORDERS_PER_MINUTE_PER_NETWORK),
    sign_in: policy('sign_in', 'network', config.SIGN_INS_PER_MINUTE_PER_NETWORK),
    messages: policy('messages', 'network', messagesPerNetwork),
    credential_failures: policy('credential_failures', 'network', credentialFailuresPerNetwork),
    // Guessing one account's password: from one network, and from many.
    sign_in_account: policy('sign_in_account', 'target', signInsPerAccount, 15 * minute),
    sign_in_account_everywhere: policy(
      'sign_in_account_everywhere',
      'target',
      signInsPerAccountEverywhere,
      15 * minute,
    ),
    ...tryPolicies(policy),
    // A page to print costs as much processor time as a hundred orders.
    documents: policy('documents', 'network', documentsPerNetwork),
    // Clients that connect again after a deploy must not use up the requests of their network.
    streams: policy('streams', 'network', requests),
    // The same link to the same person. `src/notifications/deliveries/caps.ts` limits all messages to one inbox.
    message_target: policy('message_target', 'target', messagesPerTarget, messageTargetSeconds),
    sign_ups: policy('sign_ups', 'network', signUpsPerNetwork, 60 * minute),
    promo_failures: policy('promo_failures', 'target', promoFailuresPerNetwork, promoFailureSeconds),
    promo_failures_confirmed: policy('promo_failures_confirmed', 'target', promoFailuresPerBuyer, promoFailureSeconds),
    ...verificationPolicies(config, policy),
    // Gateways are never limited, only senders of callbacks that do not verify: per network and path, so that one
    // organiser's wrong key does not shut out the gateway for the others.
    callback_failures: policy('callback_failures', 'callback', callbackFailuresPerMinute),
    // Each failure costs a look-up in Postgres. A made-up path must not get a new limit.
    callback_failures_network: policy(
      'callback_failures_network',
      'network',
      callbackFailuresPerMinute * callbackAddressesFailing,
    ),
  };
  const wide = networkPolicies.map((name): [string, Policy] => {
    const { points, seconds } = policies[name];
    return [`${name}_wide`, policy(`${name}_wide`, 'wider_network', points * widerFactor, seconds)];
  });
  return { ...policies, ...(Object.fromEntries(wide) as Record<`${NetworkPolicyName}_wide`, Policy>) };
}

/** The limit on the wider network, where the limit counts by network. */
export function wideOf(name: PolicyName): PolicyName | undefined {
  return isOfNetwork(name) ? `${name}_wide` : undefined;
}

function isOfNetwork(name: PolicyName): name is NetworkPolicyName {
  return networkPolicies.some((one) => one === name);
}

/** Beside the counts of an address: the tries of a known client and the first try of a network. */
function tryPolicies(policy: (name: PolicyName, key: KeyKind, points: number, seconds?: number) => Policy) {
  const to = (name: PolicyName, points: number, seconds: number) => policy(name, 'target', points, seconds);
  const hour = 60 * minute;
  return {
    sign_in_known_client: to('sign_in_known_client', signInsPerAccount, 15 * minute),
    sign_in_first: to('sign_in_first', 1, 15 * minute),
    sign_in_first_everywhere: to('sign_in_first_everywhere', signInsFirstEverywhere, 15 * minute),
    reset_account: to('reset_account', resetsPerAccount, hour),
    reset_account_everywhere: to('reset_account_everywhere', resetsPerAccountEverywhere, hour),
    reset_known_client: to('reset_known_client', resetsPerAccount, hour),
    reset_first: to('reset_first', 1, hour),
    reset_first_everywhere: to('reset_first_everywhere', resetsFirstEverywhere, hour),
    verification_known_client: to('verification_known_client', verificationsPerKnownClient, hour),
    verification_first: to('verification_first', 1, 15 * minute),
    verification_first_everywhere: to('verification_first_everywhere', verificationsFirstEverywhere, hour),
  };
}

/**
 * Codes to buyers: a target for attackers who want to lock out everybody, fill inboxes or spend the organizer's money.
 */
function verificationPolicies(
  config: Pick<Config, 'VERIFICATIONS_PER_MINUTE_PER_NETWORK' | 'VERIFICATIONS_PER_MINUTE'>,
  policy: (name: PolicyName, key: KeyKind, points: number, seconds?: number) => Policy,
) {
  const asked = config.VERIFICATIONS_PER_MINUTE_PER_NETWORK;
  const toTarget = (name: PolicyName, points: number, seconds: number) => policy(name, 'target', points, seconds);
  return {
    verifications: policy('verifications', 'network', asked),
    verifications_budget: policy('verifications_budget', 'target', config.VERIFICATIONS_PER_MINUTE),
    verification_target: toTarget('verification_target', verificationsPerTarget, 15 * minute),
    verification_target_daily: toTarget('verification_target_daily', verificationsPerTargetDaily, day),
    verification_target_everywhere: toTarget(
      'verification_target_everywhere',
      verificationsPerTargetEverywhere,
      15 * minute,
    ),
    verification_target_everywhere_daily: toTarget(
      'verification_target_everywhere_daily',
      verificationsPerTargetEverywhereDaily,
      day,
    ),
    confirmations: policy('confirmations', 'network', asked * confirmationsPerVerification),
    confirmation_failures: policy(
      'confirmation_failures',
      'network',
      Math.max(confirmationFailuresPerNetworkMin, Math.floor(asked * confirmationFailureShare)),
    ),
  };
}
