/**
 * Normalizes a gate's name: ignores case, blanks, invisible characters and Unicode form, and unifies hyphens. "VIP Door", "vip  door"
 * and full-width "ＶＩＰＤＯＯＲ" are one gate. Empty if nothing visible is left.
 */
export function gateKey(name: string): string {
  // Fast path: most labels in scans are plain ASCII.
  if (/^[\x20-\x7e]*$/.test(name)) return name.replaceAll(' ', '').toLowerCase();
  return (
    name
      .normalize('NFKC')
      .replace(/[\s\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
      .replace(/[\p{Pd}\u2212]/gu, '-')
      // Lower, upper, lower gives ß, ẞ and SS the same key.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .normalize('NFKC')
  );
}
