/** Gives up on a peer that says nothing for too long: one timer, put off by every sign of life. */
import { RemoteError } from '../remote/remote-error.ts';

export type SilenceWatch = {
  /** Aborted by silence, and by the caller's own signal. */
  readonly signal: AbortSignal;
  heard(): void;
  /** Nobody is waiting for the peer now. */
  pause(): void;
  setLimit(ms: number): void;
  stop(): void;
  abort(): void;
  /** Why it was aborted: the silence, or the caller's reason. Undefined when it was not. */
  reason(): unknown;
};

export function createSilenceWatch(limitMs: number, outer: AbortSignal | undefined): SilenceWatch {
  const controller = new AbortController();
  let limit = limitMs;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const giveUp = (reason: unknown) => {
    stop();
    controller.abort(reason);
  };
  const onOuterAbort = () => giveUp(outer?.reason);
  if (outer?.aborted === true) onOuterAbort();
  else outer?.addEventListener('abort', onOuterAbort, { once: true });
  heard();
  return {
    signal: controller.signal,
    heard,
    pause: () => clearTimeout(timer),
    setLimit(ms) {
      limit = ms;
    },
    stop,
    abort: () => giveUp(undefined),
    reason: () => (controller.signal.aborted ? controller.signal.reason : undefined) as unknown, // whatever the caller aborted with
  };

  function heard(): void {
    clearTimeout(timer);
    if (controller.signal.aborted) return;
    timer = setTimeout(() => giveUp(new RemoteError('network', `nothing was heard for ${Math.round(limit / 1000)} seconds`, { retryable: true })), limit);
  }

  function stop(): void {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onOuterAbort);
  }
}

/** A body that goes out: each piece that is taken is a sign of life. */
export function watchBody(body: ReadableStream<Uint8Array>, watch: SilenceWatch): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Where the piece comes from may be slow; that is for its own watch.
        watch.pause();
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(error);
        }
        watch.heard();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
