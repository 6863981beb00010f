import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { desktop } from '../sizes.ts';
import { tourLanguages } from './visit.ts';

/** Faults that keep people from using a page. */

const narrowest = { width: 320, height: 640 };

type Violation = {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly target: readonly string[] }[];
};

/** The minified source, because the browser loads it on each page. */
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
/** Without these options, axe also describes each element that has no fault, and reads every style sheet for a rule that is off. */
const reported = { resultTypes: ['violations'], reporter: 'no-passes', preload: false };

/** What axe finds on the page in both themes: WCAG 2.2 A and AA, and its best practices. One line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // By the protocol directly, because the browser caches what it compiled only this way.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  await session.detach();
  const run = async (theme: 'light' | 'dark', options: object) => {
    await page.emulateMedia({ colorScheme: theme });
    // Colours change with a transition, which ends with the second frame.
    const found = await page.evaluate<Violation[]>(
      `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
        .then(() => axe.run(document, ${JSON.stringify({ ...reported, ...options })})).then((result) => result.violations)`,
    );
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ target, html }) => `${theme} ${id}: ${target.join(' ')} ${html.slice(0, 120)}`),
    );
  };
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const light = await run('light', { runOnly: { type: 'tag', values: tags } });
  return [...light, ...(await run('dark', { runOnly: { type: 'rule', values: ['color-contrast'] } }))];
}

/**
 * The elements of the page with the attributes that axe judges them by, and of their words only which are equal. Two pages of one structure
 * have the same faults of access and focus, so one of them is looked at. Sizes and broken words, which depend on the language, are looked for below.
 */
export async function structureOf(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const exact = /^(class|style|id|for|role|type|scope|headers|tabindex|open|hidden|inert|disabled|required|autocomplete|data-state|aria-(?!label$|description$|valuetext$|roledescription$|placeholder$).*)$/;
    const worded = /^(alt|title|placeholder|aria-(label|description|valuetext|roledescription|placeholder))$/;
    const numbers = new Map([['', 0]]);
    const numberOf = (text) => {
      const words = text.trim().toLowerCase();
      if (!numbers.has(words)) numbers.set(words, numbers.size);
      return numbers.get(words);
    };
    const ours = /^(${tourLanguages.join('|')})$/;
    const signOf = ({ name, value }) => {
      if (exact.test(name)) return value;
      if (worded.test(name)) return numberOf(value);
      return name === 'lang' && !ours.test(value) ? value : value.trim() !== '';
    };
    const attributesOf = (one) => [...one.attributes].map((of) => of.name + '=' + signOf(of)).sort().join(' ');
    const wordsOf = (one) => [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map(({ data }) => data).join(' ');
    return [...document.querySelectorAll('*')].filter((one) => !one.matches('script, style'))
      .map((one) => [one.localName, one.parentElement?.localName, attributesOf(one), numberOf(wordsOf(one))].join(' ')).join('\\n');
  })()`);
}

/** Whether the page is wider than 320 pixels, which controls are too small for a finger, and which words are broken across lines. */
export async function smallScreenFaults(page: Page): Promise<string[]> {
  await page.setViewportSize(narrowest);
  return page.evaluate<string[]>(`(() => {
    const isShown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.closest('[inert]') === null;
    const isHidden = (one) => one.closest('.visually-hidden, .skip') !== null;
    const wide = document.documentElement.scrollWidth > innerWidth
      ? [...document.querySelectorAll('body *')].filter((one) => isShown(one) && one.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
        .map((one) => 'beyond 320 px: ' + one.outerHTML.slice(0, 90)) : [];
    const controls = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')];
    // Links inside a sentence are exempt from the minimum size (WCAG 2.5.8).
    const isInline = (one) => one.matches('a, .link-button') && getComputedStyle(one).display.startsWith('inline')
      && [...one.parentElement.childNodes].some((node) => node !== one && node.textContent.trim() !== '');
    const small = controls.filter((one) => isShown(one) && !isHidden(one) && !isInline(one)).filter((one) => {
      const target = one.matches('[type=radio], [type=checkbox]') ? one.labels[0] ?? one : one;
      const { width, height } = target.getBoundingClientRect();
      return width < 24 || height < ${targetPx};
    }).map((one) => 'smaller than a finger: ' + one.outerHTML.slice(0, 90));
    return [...wide, ...small, ...${tornWords}];
  })()`);
}

/** The height of the pressable area. */
const targetPx = 44;

/** Words that are broken across lines, as in narrow columns. Long words, codes and addresses may be broken. An expression for the browser. */
const tornWords = `(() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const torn = [];
  const linesOf = () => new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    range.selectNodeContents(texts.currentNode);
    if (linesOf() < 2) continue;
    if (!parentElement.checkVisibility({ visibilityProperty: true }) || parentElement.closest('.visually-hidden, .skip, .mono, code, pre') !== null) continue;
    for (const { 0: word, index } of data.matchAll(/(?<![^\\s(“])\\p{L}{2,14}(?![^\\s,.:;)”])/gu)) {
      range.setStart(texts.currentNode, index);
      range.setEnd(texts.currentNode, index + word.length);
      if (linesOf() > 1) torn.push(innerWidth + ' px wide, torn apart: ' + word + ' in ' + parentElement.outerHTML.slice(0, 60));
    }
  }
  return torn.slice(0, 3);
})()`;

/** A tablet in both directions, a small laptop and a common screen. */
const widerWidths = [768, 1024, 1280, 1440] as const;

/** The widths at which a page is wider than its window or the desk's navigation hides links (a mouse cannot scroll sideways), or at which words are broken across lines. */
export async function widerScreenFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const width of widerWidths) {
    await page.setViewportSize({ width, height: desktop.height });
    const { beyond, hidden, torn } = await page.evaluate<{ beyond: number; hidden: string[]; torn: string[] }>(`({
      beyond: document.documentElement.scrollWidth - innerWidth,
      hidden: [...document.querySelectorAll('.desk-nav')]
        .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.outerHTML.slice(0, 90)),
      torn: ${tornWords},
    })`);
    if (beyond > 0) faults.push(`at ${width} px, ${beyond} px too wide`);
    faults.push(...hidden.map((html) => `wider than ${width} px: ${html}`), ...torn);
  }
  return faults;
}

const publicPageBytesMax = 60 * 1024;
const layoutShiftMax = 0.1;

/** A frame that answers an input is reported this soon after it is painted. */
const reportedWithinMs = 5000;

/**
 * By how much of the window the page has moved by itself, over its whole life. As in browsers' own measure (CLS), what moves within half a second
 * of an input is its answer. A busy machine may paint that answer later: what moves up to the first frame after an input is its answer, too.
 */
export function jumpOf(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const [shifts, inputs] = [[], []];
    const collect = (into, options) => new PerformanceObserver((list) => into.push(...list.getEntries())).observe({ ...options, buffered: true });
    collect(shifts, { type: 'layout-shift' });
    collect(inputs, { type: 'event', durationThreshold: 16 });
    // Durations are rounded to eight milliseconds.
    const isAnswer = (shift) => inputs.some(({ startTime, duration }) => shift.startTime >= startTime && shift.startTime <= startTime + duration + 8);
    const jumps = () => shifts.filter((shift) => !shift.hadRecentInput && !isAnswer(shift));
    const isKnown = ({ lastInputTime }) => lastInputTime === 0 || inputs.some(({ startTime }) => startTime >= lastInputTime - 8);
    const end = performance.now() + ${reportedWithinMs};
    const look = () => requestAnimationFrame(() => setTimeout(() => {
      if (jumps().every(isKnown) || performance.now() > end) resolve(jumps().reduce((sum, { value }) => sum + value, 0));
      else look();
    }));
    look();
  })`);
}

/** By how much a public page exceeds its budgets for compressed size and for layout shift. */
export async function weightFaults(page: Page): Promise<string[]> {
  const shift = await jumpOf(page);
  const bytes = await page.evaluate<number>(`(() => {
    const entries = performance.getEntries().filter(({ entryType }) => entryType === 'navigation' || entryType === 'resource');
    // A file that is also cached for offline use is listed twice.
    const sizes = new Map(entries.map(({ name, encodedBodySize }) => [name.split('#')[0], encodedBodySize]));
    return [...sizes.values()].reduce((sum, size) => sum + size, 0);
  })()`);
  return [
    ...(bytes > publicPageBytesMax ? [`weighs ${bytes} bytes, more than ${publicPageBytesMax}`] : []),
    ...(bytes < 1000 ? [`weighs ${bytes} bytes: nothing was measured`] : []),
    ...(shift >= layoutShiftMax ? [`has jumped by ${shift.toFixed(3)}`] : []),
  ];
}

/** Controls without a visible focus, or covered by another element. */
export async function focusFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (let tabs = 0; tabs < tabsMax; tabs += 1) {
    await page.keyboard.press('Tab');
    const fault = await page.evaluate<string | null>(`(() => {
      const one = document.activeElement;
      if (one === null || one === document.body) return null;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      if ((outlineStyle === 'none' || outlineWidth === '0px') && boxShadow === 'none') return 'no visible focus: ' + one.outerHTML.slice(0, 90);
      const { left, top, width, height } = one.getBoundingClientRect();
      const seen = document.elementFromPoint(left + width / 2, top + height / 2);
      const parts = [one, ...(one.labels ?? [])];
      const isCovered = seen !== null && !seen.contains(one) && !parts.some((part) => part.contains(seen));
      return isCovered ? 'covered where the keyboard reaches it: ' + one.outerHTML.slice(0, 90) : null;
    })()`);
    if (fault !== null) faults.push(fault);
  }
  return faults;
}

const tabsMax = 8;
