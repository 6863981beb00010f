/** Mailboxes that most buyers here have. `mailcheck` has no Indonesian providers and corrects the names of companies. */
const domains = [
  'gmail.com',
  'yahoo.com',
  'yahoo.co.id',
  'ymail.com',
  'rocketmail.com',
  'hotmail.com',
  'outlook.com',
  'outlook.co.id',
  'live.com',
  'icloud.com',
  'me.com',
  'aol.com',
  'mail.com',
  'gmx.com',
  'proton.me',
  'protonmail.com',
  'telkom.net',
  'plasa.com',
  'indo.net.id',
  'cbn.net.id',
  'centrin.net.id',
  'mail.ugm.ac.id',
  'ui.ac.id',
  'itb.ac.id',
];
/** Shorter domains have too many real neighbours. */
const twoTyposFrom = 9;

/** The address that was probably meant; undefined if the domain is known, or unlike every known one. */
export function likelyAddress(typed: string): string | undefined {
  const at = typed.lastIndexOf('@');
  const domain = typed
    .slice(at + 1)
    .trim()
    .toLowerCase();
  if (at < 1 || domain === '' || domains.includes(domain)) return undefined;
  const near = domains
    .map((known) => ({ known, typos: typosBetween(domain, known) }))
    .filter(({ known, typos }) => typos <= (known.length >= twoTyposFrom ? 2 : 1))
    .sort((one, other) => one.typos - other.typos)[0];
  return near === undefined ? undefined : typed.slice(0, at + 1).trim() + near.known;
}

/** Letters added, left out, changed or swapped with their neighbour. */
function typosBetween(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let at = 1; at <= other.length; at += 1) {
      const isSame = one[row - 1] === other[at - 1];
      const isSwap = one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      next[at] = Math.min(
        (last[at] ?? 0) + 1,
        (next[at - 1] ?? 0) + 1,
        (last[at - 1] ?? 0) + (isSame ? 0 : 1),
        ...(isSwap ? [(before[at - 2] ?? 0) + 1] : []),
      );
    }
    before = last;
    last = next;
  }
  return last[other.length] ?? 0;
}
