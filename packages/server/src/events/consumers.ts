/**
 * Whoever acts on events brings a consumer: it is given them in their order and says which jobs follow.
 * How far it has read is a row that moves in the transaction that brings the jobs, so every event is
 * turned into jobs once, whoever is killed when, and however many processes read.
 *
 * Consumers that stand at the same place, as they do nearly always, share the reading of a page and
 * the transaction. One that fails stays behind and is asked again, while the others go on.
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

export function startEventConsumers({ rows, consumers, clock, sleep, log }: EventConsumersParts): EventConsumers {
  const alarm = createAlarm(sleep);
  const listening = rows.commits.listen('events', alarm.ring);
  const life = { isEnding: false };
  let last = Promise.resolve();
  /** How far each has read. Unknown at first, and when another process was faster: then the row is asked. */
  const places = new Map<EventConsumer, number>();
  const ended = loop();

  return {
    idle: pass,
    async [Symbol.asyncDispose]() {
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
        log.error('events could not be read, and will be tried again', { error });
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
    let hasMoved = consumers.length > 0;
    while (hasMoved && !life.isEnding) {
      const placed = await Promise.all(consumers.map(async (consumer) => ({ consumer, place: await placeOf(consumer) })));
      hasMoved = false;
      for (const [place, group] of Map.groupBy(placed, (one) => one.place)) {
        const moved = await readPage(
          place,
          group.map(({ consumer }) => consumer),
        );
        hasMoved ||= moved;
      }
    }
  }

  async function placeOf(consumer: EventConsumer): Promise<number> {
    const place = places.get(consumer) ?? (await rows.events.startConsumer(consumer.name, clock.now()));
    places.set(consumer, place);
    return place;
  }

  /** False when there is nothing more to read, or nobody who can. */
  async function readPage(from: number, group: readonly EventConsumer[]): Promise<boolean> {
    const events = await rows.events.list({ after: from, limit: pageSize });
    const to = events.at(-1)?.id;
    if (to === undefined) return false;
    const read = new Map<EventConsumer, readonly NewJob[]>();
    for (const consumer of group) {
      try {
        read.set(consumer, await consumer.toJobs(events));
      } catch (error) {
        log.error(`events could not be read for ${consumer.name}, and will be tried again`, { error });
      }
    }
    if (read.size === 0) return false;
    const consumers = [...read].map(([{ name }, jobs]) => ({ name, jobs }));
    const advanced = await rows.events.advanceConsumers({ from, to, consumers, at: clock.now() });
    for (const consumer of read.keys()) {
      if (advanced.includes(consumer.name)) places.set(consumer, to);
      else places.delete(consumer);
    }
    return events.length === pageSize || advanced.length < read.size;
  }
}
