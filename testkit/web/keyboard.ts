import type { Locator, Page } from 'playwright-core';

/** A user with a keyboard and no mouse. Every focus stop must be visible: outlined, on the screen, and not covered. */

const tabsMax = 60;
/** Time for smooth scrolling to bring a stop into view. */
const seenWithinMs = 5000;
const pollMs = 20;
/** A field for a date or time has several stops: each of its parts, and its calendar. */
const partsOfTime = 8;

/** Presses Tab until this control has the focus. @throws if it is not reached within so many presses, or a stop is not seen */
export async function tabTo(control: Locator, within = tabsMax): Promise<void> {
  const page = control.page();
  await control.waitFor();
  for (let tabs = 0; tabs < within && !(await hasFocus(control)); tabs += 1) {
    await page.keyboard.press('Tab');
    await expectFocusSeen(page);
  }
  if (!(await hasFocus(control)))
    throw new Error(`${within} presses of Tab do not reach ${String(control)} on ${page.url()}`);
}

/** Reaches a control and presses a key on it. */
export async function pressOn(control: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(control);
  await control.page().keyboard.press(key);
}

/** Reaches a field and replaces its text. */
export async function typeInto(field: Locator, text: string): Promise<void> {
  await tabTo(field);
  const { keyboard } = field.page();
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type(text);
}

/** Tabs once around the page. @throws if a stop traps the focus */
export async function expectNoTrap(page: Page): Promise<void> {
  const stops =
    await page.evaluate<number>(`[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((one) => !one.disabled && one.checkVisibility())
    .reduce((sum, one) => sum + (/^(date|time)/.test(one.type) ? ${partsOfTime} : 1), 0)`);
  await page.keyboard.press('Tab');
  await page.evaluate('window.firstStop = document.activeElement');
  for (let tabs = 0; tabs <= stops + 1; tabs += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>('document.activeElement === window.firstStop')) return;
  }
  const stuck = await page.evaluate<string>('document.activeElement.outerHTML.slice(0, 90)');
  throw new Error(`the focus does not come around on ${page.url()}: it is at ${stuck}`);
}

/** Whether one of these elements has the focus. */
export async function hasFocus(control: Locator): Promise<boolean> {
  return (await control.and(control.page().locator(':focus')).count()) > 0;
}

async function expectFocusSeen(page: Page): Promise<void> {
  const end = performance.now() + seenWithinMs;
  for (;;) {
    const fault = await page.evaluate<string>(`(${faultOfFocus})()`);
    if (fault === '') return;
    if (performance.now() > end) throw new Error(`${fault} on ${page.url()}`);
    await page.waitForTimeout(pollMs);
  }
}

/** Why the focus is not visible; empty if it is visible or outside the page. */
const faultOfFocus = `() => {
  const one = document.activeElement;
  if (one === null || one === document.body || one === document.documentElement) return '';
  const said = one.outerHTML.slice(0, 90);
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
  if ((outlineStyle === 'none' || outlineWidth === '0px') && boxShadow === 'none') return 'no visible focus: ' + said;
  const { left, top, width, height } = one.getBoundingClientRect();
  const [x, y] = [left + width / 2, Math.max(1, top) + Math.min(height, innerHeight - 2) / 2];
  if (x < 0 || x > innerWidth || y < 0 || y > innerHeight) return 'the focus is off the screen: ' + said;
  const at = document.elementFromPoint(x, y);
  const isSeen = at !== null && (one.contains(at) || at.contains(one) || one.closest('label')?.contains(at));
  return isSeen ? '' : 'the focus is covered by ' + at?.outerHTML.slice(0, 60) + ': ' + said;
}`;
