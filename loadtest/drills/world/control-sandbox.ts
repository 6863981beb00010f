const answerDeadlineMs = 5000;

/** Tells the sandbox how to behave from now on. */
export async function controlSandbox(
  url: string,
  path: 'scenarios' | 'smtp/rules' | 'whatsapp/rules',
  body: unknown,
): Promise<void> {
  const answer = await fetch(`${url}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(answerDeadlineMs),
  });
  if (!answer.ok) throw new Error(`the sandbox refuses ${path}: ${answer.status}`);
}
