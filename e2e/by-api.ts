import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { TOKEN } from './world';

/** What the tests do without a page: a run made over HTTP, as the CLI makes it. */

const headers = { authorization: `Bearer ${TOKEN}` };

export async function mutate(request: APIRequestContext, procedure: string, input: unknown) {
  const response = await request.post(`/api/trpc/${procedure}`, { headers, data: { json: input } });
  expect(response.ok(), await response.text()).toBe(true);
  return (await response.json()).result.data.json;
}

/** Hands in a file for a new model, and waits until it is scored. Gives the run's id, which is that of before for the same file. */
export async function scoredRun(
  request: APIRequestContext,
  { text, benchmark, split, name }: { text: string; benchmark: string; split: string; name: string },
): Promise<string> {
  const upload = await request.post('/api/blobs', { headers, data: Buffer.from(text) });
  const { sha256 } = await upload.json();
  const { runId } = await mutate(request, 'submissions.create', {
    fileSha256: sha256,
    fileName: 'by-api.jsonl',
    benchmark,
    split,
    model: {
      kind: 'new',
      name,
      family: 'Made up',
      parametersB: 2,
      openWeights: false,
      link: null,
      stage: null,
      parentId: null,
    },
    prompt: null,
    generation: null,
  });
  const input = encodeURIComponent(JSON.stringify({ json: { id: runId } }));
  await expect
    .poll(
      async () => {
        const response = await request.get(`/api/trpc/runs.get?input=${input}`, { headers });
        return (await response.json()).result.data.json.state;
      },
      { timeout: 60_000 },
    )
    .not.toBe('scoring');
  return runId;
}

/** The browser of this page may write from here on. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/submit');
  await page.getByLabel('Write token').fill(TOKEN);
  await page.getByRole('button', { name: 'Use token' }).click();
  await expect(page.getByText('This browser may submit, publish and discard.')).toBeVisible();
}
