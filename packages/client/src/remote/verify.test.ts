import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { streamOf } from '../../../../test/support/client/scripted-transport.ts';
import { hashBytes } from './content-hash.ts';
import { createVerifier, verifyStream } from './verify.ts';

const content = 'a layer of bytes';
const digest = hashBytes('sha256', new TextEncoder().encode(content));

async function read(pieces: readonly string[], expected: { digest: typeof digest; size?: number }, known = ''): Promise<string> {
  const verifier = createVerifier(expected);
  if (known !== '') verifier.update(new TextEncoder().encode(known));
  let wrong = 0;
  try {
    return await new Response(verifyStream(streamOf(pieces), verifier, () => wrong++)).text();
  } catch (error) {
    return `${wrong} ${error instanceof Error ? error.message : String(error)}`;
  }
}

describe('verified streams', () => {
  test.each([['sha256'], ['sha512']] as const)('%s: the right bytes come through, however they are cut', async (algorithm) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), async (bytes, step) => {
        const pieces = new ReadableStream<Uint8Array>({
          start(controller) {
            for (let at = 0; at < bytes.length; at += step) controller.enqueue(bytes.slice(at, at + step));
            controller.close();
          },
        });
        const verifier = createVerifier({ digest: hashBytes(algorithm, bytes), size: bytes.length });
        expect(new Uint8Array(await new Response(verifyStream(pieces, verifier)).arrayBuffer())).toEqual(new Uint8Array(bytes));
      }),
      { numRuns: 30 },
    );
  });

  test('a part that is there already counts', async () => {
    expect(await read([content.slice(5)], { digest, size: content.length }, content.slice(0, 5))).toBe(content.slice(5));
  });

  test.each([
    ['one byte too many', [content, '!'], 'it is longer than the 16 bytes that its descriptor says'],
    ['one byte too few', [content.slice(1)], '15 of 16 bytes came'],
    ['nothing', [], '0 of 16 bytes came'],
    ['other bytes', ['A layer of bytes'], 'its bytes are sha256:'],
  ] as const)('%s', async (_name, pieces, why) => {
    const answer = await read(pieces, { digest, size: content.length });
    expect(answer).toStartWith(`1 filesystem layer verification failed for digest ${digest}: ${why}`);
  });

  test('an endless body ends with the first byte too many', async () => {
    let pulls = 0;
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(++pulls)) }, { highWaterMark: 0 });
    const failed = await new Response(verifyStream(endless, createVerifier({ digest, size: 16 }))).text().catch((error: Error) => error.message);
    expect(failed).toContain('longer than the 16 bytes');
    expect(pulls).toBeLessThan(10);
  });
});
