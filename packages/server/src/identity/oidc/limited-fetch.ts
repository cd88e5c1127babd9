import type { CustomFetchOptions } from 'openid-client';

/** Asks a provider, with an end to how long it may take and how much it may say. */
const timeoutMs = 10_000;
const answerMaxBytes = 512 * 1024;

export async function limitedFetch(url: string, { body, headers, method }: CustomFetchOptions): Promise<Response> {
  // Forms and nothing else: the type is wider, for libraries' own fetches.
  const form = body === undefined || body === null ? {} : { body: body as BodyInit };
  const response = await fetch(url, { method, headers, ...form, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > answerMaxBytes) throw new Error(`${new URL(url).origin} says more than ${answerMaxBytes} bytes`);
    chunks.push(chunk);
  }
  // A body may not stand with these (Fetch 2.2.6).
  const hasBody = ![101, 204, 205, 304].includes(response.status);
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status: response.status, headers: response.headers });
}
