/**
 * Whoever acts on events brings a consumer: it reads them in their order and says which jobs follow.
 * How far it has read is a row that moves in the transaction that brings the jobs, so every event is
 * turned into jobs once, whoever is killed when, and however many processes read.
 */
import type { NewJob } from '../metadata/job-port.ts';
import type { Event, MetadataStore } from '../metadata/port.ts';
import { createAlarm } from '../runtime/alarm.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Sleep } from '../runtime/sleep.ts';

export type EventConsumer = {
  /** Names the row: do not change one. */
  readonly name: string;
  /** Asked again when another process was faster. */
  toJobs(events: readonly Event[]): readonly NewJob[] | Promise<readonly NewJob[]>;
};

export type EventConsumersParts = {
  readonly rows: Pick<MetadataStore, 'events' | 'commits'>;
  readonly consumers: readonly EventConsumer[];
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: Log;
};

export type EventConsumers = AsyncDisposable & {
  /** Resolves when all that is committed was read. */
  idle(): Promise<void>;
};

/** What another process committed is found after this at the latest, and a failure is tried again. */
const pollMs = 5000;
const pageSize = 200;

export function startEventConsumers({ consumers, ...parts }: EventConsumersParts): EventConsumers {
  const loops = consumers.map((consumer) => startConsumer(parts, consumer));
  return {
    async idle() {
      await Promise.all(loops.map((loop) => loop.idle()));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map((loop) => loop.end()));
    },
  };
}

function startConsumer({ rows, clock, sleep, log }: Omit<EventConsumersParts, 'consumers'>, { name, toJobs }: EventConsumer) {
  const alarm = createAlarm(sleep);
  const listening = rows.commits.listen('events', alarm.ring);
  const life = { isEnding: false };
  let last = Promise.resolve();
  /** Unknown at first, and when another process was faster: then the row is asked. */
  let readTo: number | undefined;
  const ended = loop();

  return {
    idle: pass,
    async end(): Promise<void> {
      life.isEnding = true;
      alarm.ring();
      await ended;
    },
  };

  async function loop(): Promise<void> {
    while (!life.isEnding) {
      try {
        await pass();
      } catch (error) {
        log.error(`events could not be read for ${name}, and will be tried again`, { error });
      }
      if (!life.isEnding) await alarm.wait(pollMs);
    }
    listening[Symbol.dispose]();
  }

  /** One after the other, so that this process is not in its own way. */
  function pass(): Promise<void> {
    last = last.catch(() => undefined).then(readAll);
    return last;
  }

  async function readAll(): Promise<void> {
    while (!life.isEnding) {
      readTo ??= await rows.events.startConsumer(name, clock.now());
      const events = await rows.events.list({ after: readTo, limit: pageSize });
      const to = events.at(-1)?.id;
      if (to === undefined) return;
      const isMine = await rows.events.advanceConsumer({ consumer: name, from: readTo, to, jobs: await toJobs(events), at: clock.now() });
      readTo = isMine ? to : undefined;
    }
  }
}
