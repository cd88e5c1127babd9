/**
 * The check that every consumer of content puts between the registry and itself: as many bytes as the
 * descriptor says, and the digest it says. More bytes are refused with the first one too many, so an
 * endless body ends here. Whoever goes on from a part that is already there gives that part to
 * `update` first.
 */
import { type Digest, digestAlgorithm } from '@naru/oci/digest';
import { createContentHash, digestOf } from './content-hash.ts';
import { RemoteError } from './remote-error.ts';

export type ExpectedContent = {
  readonly digest: Digest;
  /** Bytes; unknown only where no descriptor says it. */
  readonly size?: number;
};

export type Verifier = {
  /** Throws RemoteError `wrong-content` on the first byte too many. */
  update(bytes: Uint8Array): void;
  /** Throws RemoteError `wrong-content` unless everything came and is right. */
  finish(): void;
  readonly seenBytes: number;
};

export function createVerifier({ digest, size }: ExpectedContent): Verifier {
  const algorithm = digestAlgorithm(digest);
  const hash = createContentHash(algorithm);
  let seenBytes = 0;
  return {
    get seenBytes() {
      return seenBytes;
    },
    update(bytes) {
      seenBytes += bytes.length;
      if (size !== undefined && seenBytes > size) throw wrong(digest, `it is longer than the ${size} bytes that its descriptor says`);
      hash.update(bytes);
    },
    finish() {
      if (size !== undefined && seenBytes !== size) throw wrong(digest, `${seenBytes} of ${size} bytes came`);
      const found = digestOf(algorithm, hash);
      if (found !== digest) throw wrong(digest, `its bytes are ${found}`);
    },
  };
}

/** The same bytes; it fails instead of ending when they are not the expected ones, and says so to `onWrong` first. */
export function verifyStream(stream: ReadableStream<Uint8Array>, verifier: Verifier, onWrong?: () => void): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        try {
          if (done) {
            verifier.finish();
            controller.close();
          } else {
            verifier.update(value);
            controller.enqueue(value);
          }
        } catch (error) {
          onWrong?.();
          await reader.cancel().catch(() => {}); // its connection is gone either way
          throw error;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Docker's words. */
function wrong(digest: Digest, why: string): RemoteError {
  return new RemoteError('wrong-content', `filesystem layer verification failed for digest ${digest}: ${why}`);
}
