/** Bodies of answers: read within a bound, or thrown away. A body that says its length is still not believed. */
import { RemoteError } from './remote-error.ts';

/** Throws RemoteError `broken-answer` as soon as there is more. `what` names it for people. */
export async function readBounded(body: ReadableStream<Uint8Array>, maxBytes: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > maxBytes) throw new RemoteError('broken-answer', `${what} is longer than ${maxBytes} bytes`);
      parts.push(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {}); // the first error is the one to tell
    throw error;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** For what is only shown or guessed at: cut instead of refused. */
export async function readStart(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let left = maxBytes;
  const reader = body.getReader();
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.length;
    }
  } catch {
    // The connection may end with the answer; what came is what there is.
  }
  await reader.cancel().catch(() => {});
  return text + decoder.decode();
}

export async function discardBody(body: ReadableStream<Uint8Array>): Promise<void> {
  await body.cancel().catch(() => {}); // it was not wanted, so neither is its error
}

/** Throws RemoteError `broken-answer` when it is not JSON. */
export async function readJson(body: ReadableStream<Uint8Array>, maxBytes: number, what: string): Promise<unknown> {
  const bytes = await readBounded(body, maxBytes, what);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RemoteError('broken-answer', `${what} is not JSON`);
  }
}
