/**
 * Reads layers in a process of its own, one at a time, that can be ended at any moment. A thread would do
 * for the reading; but what unpacks for it are threads that belong to the whole process, so only a process
 * can stand behind everything that serves. And what a hostile layer breaks, it breaks there.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Bytes } from '@naru/archive/decompress';
import type { ByteSource } from '../blobstore/port.ts';
import { readBytes } from '../blobstore/read-bytes.ts';
import type { LayerReply, SendableSource } from './answer-layer.ts';
import { LayerRefused } from './read-layer.ts';

/** Throws LayerRefused, what reading the bytes threw, the signal's reason, and what befell the process. */
export type LayerReading<Result> = (source: ByteSource, signal: AbortSignal) => Promise<Result>;

/** What is wrong with the layer itself: another try would find the same. */
const refusals: ReadonlySet<string> = new Set(['LayerRefused', 'TarError', 'CompressionError']);

/** To start a process costs more than to read a small layer, so it waits a while for the next one. After a larger one it ends, and its memory goes. */
const idleMs = 2000;
const keptAfterMaxBytes = 4 * 2 ** 20;

/** `read` is what the process of the file does, for sources that cannot be sent to one. */
export function readingApart<Result>(file: URL, read: (bytes: Bytes) => Promise<Result>): LayerReading<Result> {
  let idle: { readonly reader: ChildProcess; readonly timer: NodeJS.Timeout } | undefined;

  function take(): ChildProcess {
    if (idle === undefined) return start(file);
    const { reader, timer } = idle;
    idle = undefined;
    clearTimeout(timer);
    reader.removeAllListeners();
    reader.ref();
    reader.channel?.ref?.();
    return reader;
  }

  function release(reader: ChildProcess): void {
    if (idle !== undefined) return end(reader);
    reader.removeAllListeners();
    const leave = (): void => {
      if (idle?.reader === reader) idle = undefined;
      end(reader);
    };
    reader.once('error', leave).once('exit', leave);
    reader.unref();
    reader.channel?.unref?.();
    idle = { reader, timer: setTimeout(leave, idleMs).unref() };
  }

  return async (source, signal) => {
    signal.throwIfAborted();
    if (source.kind === 'stream') return read(readBytes(source));
    const reader = take();
    let isWell = false;
    try {
      const reply = await ask<Result>(reader, source, signal);
      isWell = true;
      if (reply.kind === 'read') return reply.result;
      throw refusals.has(reply.error) ? new LayerRefused(reply.message) : new Error(reply.message);
    } finally {
      if (isWell && sizeOf(source) <= keptAfterMaxBytes) release(reader);
      else end(reader);
    }
  };
}

/** It gets nothing of our environment, where secrets may stand. */
function start(file: URL): ChildProcess {
  const reader = fork(fileURLToPath(file), [], { serialization: 'advanced', env: {}, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  // Before it has begun, so that all its threads are born to it.
  if (reader.pid !== undefined) setPriority(reader.pid, constants.priority.PRIORITY_LOW);
  return reader;
}

/** Nothing that it still says counts. */
function end(reader: ChildProcess): void {
  reader.removeAllListeners();
  reader.on('error', () => {});
  reader.kill('SIGKILL');
}

function ask<Result>(reader: ChildProcess, source: SendableSource, signal: AbortSignal): Promise<LayerReply<Result>> {
  const { promise, resolve, reject } = Promise.withResolvers<LayerReply<Result>>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  reader.once('message', (reply) => resolve(reply as LayerReply<Result>)); // answerLayer sends nothing else
  reader.once('error', reject);
  reader.once('exit', () => reject(new Error('the process that read the layer has ended')));
  reader.send(source);
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}

/** A layer elsewhere is as large as it wants. */
function sizeOf(source: SendableSource): number {
  return source.kind === 'redirect' ? Number.POSITIVE_INFINITY : source.range.length;
}
