/**
 * Renews the figures of a running sale: fetches the page again and takes its figures. The server has drawn them, so that the page shows the
 * same with and without this script.
 */
const everyMs = 2000;
const timeoutMs = 8000;

const figures = document.querySelector<HTMLElement>('#figures');
const state = document.querySelector<HTMLElement>('#sale-state');

async function renew(shown: HTMLElement): Promise<void> {
  const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = page.querySelector('#figures');
  // Signed out, or not the page that it was.
  if (!answer.ok || next === null) throw new Error(`no figures: ${answer.status}`);
  shown.replaceChildren(...[...next.childNodes].map((node) => document.adoptNode(node)));
}

function say(text: string | undefined): void {
  if (state !== null && text !== undefined && state.textContent !== text) state.textContent = text;
}

async function run(shown: HTMLElement): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    // A hidden tab asks nothing.
    if (document.hidden) continue;
    try {
      await renew(shown);
      say(state?.dataset['live']);
    } catch {
      say(state?.dataset['lost']);
    }
  }
}

say(state?.dataset['live']);
if (figures !== null) void run(figures);
