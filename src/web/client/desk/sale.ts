import '../desk.ts';

/**
 * Refreshes the figures of a running sale: fetches the page again and takes over its figures. Since the server renders them, the page
 * looks the same with and without this script.
 */
const everyMs = 2000;
const timeoutMs = 8000;

const figures = document.querySelector<HTMLElement>('#figures');
const state = document.querySelector<HTMLElement>('#sale-state');

/** Loads the page as a document by XMLHttpRequest, because Trusted Types forbids parsing the text of a `fetch`. */
function load(): Promise<Document> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', location.href);
    request.responseType = 'document';
    request.timeout = timeoutMs;
    request.addEventListener('load', () => {
      const page = request.responseXML;
      if (request.status === 200 && page !== null) resolve(page);
      else reject(new Error(`no page: ${request.status}`));
    });
    for (const fault of ['error', 'timeout']) request.addEventListener(fault, () => reject(new Error(fault)));
    request.send();
  });
}

async function renew(shown: HTMLElement): Promise<void> {
  const next = (await load()).querySelector('#figures');
  // Signed out, or redirected to another page.
  if (next === null) throw new Error('no figures');
  shown.replaceChildren(...[...next.childNodes].map((node) => document.adoptNode(node)));
}

function say(text: string | undefined): void {
  if (state !== null && text !== undefined && state.textContent !== text) state.textContent = text;
}

async function run(shown: HTMLElement): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    // A hidden tab does not poll.
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
