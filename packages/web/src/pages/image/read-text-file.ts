/** `text` is undefined for what is no text: bytes of zero, or no UTF-8. */
export type TextFile = { readonly text: string | undefined; readonly isCut: boolean };

/** Takes no more than the beginning: the rest is not fetched. */
export async function readTextFile(response: Response, maxBytes: number): Promise<TextFile> {
  const { bytes, isCut } = await readBeginning(response, maxBytes);
  return { text: bytes.includes(0) ? undefined : decode(bytes, isCut), isCut };
}

async function readBeginning(response: Response, maxBytes: number): Promise<{ bytes: Uint8Array; isCut: boolean }> {
  const reader = response.body?.getReader();
  const bytes = new Uint8Array(maxBytes);
  let length = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) return { bytes: bytes.subarray(0, length), isCut: false };
    const part = value.subarray(0, maxBytes - length);
    bytes.set(part, length);
    length += part.length;
    if (part.length < value.length) {
      await reader?.cancel();
      return { bytes, isCut: true };
    }
  }
}

/** What is cut may end amid a letter, what is whole may not. */
function decode(bytes: Uint8Array, isCut: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}
