/** Small requests that wrk cannot send, over kept-alive connections. */
export type Sent = { readonly count: number; readonly medianMicros: number };

/** `clients` loops that share `count` requests among them; each waits for its answer before its next. */
export function sendAll(count: number, clients: number, send: (index: number) => Promise<void>): Promise<Sent> {
  return sendWhile((sent) => sent < count, clients, send);
}

/** The same, as many as there is time for. */
export function sendFor(seconds: number, clients: number, send: (index: number) => Promise<void>): Promise<Sent> {
  const until = performance.now() + seconds * 1000;
  return sendWhile(() => performance.now() < until, clients, send);
}

async function sendWhile(goOn: (sent: number) => boolean, clients: number, send: (index: number) => Promise<void>): Promise<Sent> {
  const micros: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (goOn(next)) {
      const index = next;
      next += 1;
      const startedAt = performance.now();
      await send(index);
      micros.push((performance.now() - startedAt) * 1000);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { count: next, medianMicros: micros.sort((a, b) => a - b)[Math.floor(micros.length / 2)] ?? Number.NaN };
}

/** Sends, reads the answer to its end and throws unless it has one of the statuses. */
export async function expectStatus(statuses: readonly number[], url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  if (!statuses.includes(response.status))
    throw new Error(`${init.method ?? 'GET'} ${url} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  if (init.method !== undefined && init.method !== 'GET') await response.arrayBuffer();
  return response;
}
