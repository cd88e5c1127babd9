/**
 * The live stream of events (server-sent events, HTML standard 9.2): whoever listens is told of each
 * event of a repository that they may pull, in the order of ids, and can go on where they were cut off.
 *
 *     id: 42
 *     event: tag.moved
 *     data: {"id":42,"kind":"tag.moved","repository":"team/app",…}
 *
 *     event: lost        the events behind the id that was asked for are not kept any more
 *     event: notification    what the listener is told of changed: `{"unread":3,"newest":17}`, and once at
 *     data: {…}              the beginning; only for people, and only when it was asked for
 *
 *     :                  a heartbeat, so that proxies and clients see that the line is alive
 *
 * Rows are read when the listener has room for them and not before, so a slow one costs no memory.
 * Rights are asked for each event: what is taken away ends at once. A stream ends by itself after
 * `lifeMs`, and the client's next request shows its credential anew.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import type { Event, EventKind, MetadataStore } from '../metadata/port.ts';
import { type Alarm, createAlarm } from '../runtime/alarm.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Sleep } from '../runtime/sleep.ts';

export type LiveEvents = {
  /** Without `after` it begins with what comes next. Throws TOO_MANY_REQUESTS. */
  open(caller: Pick<Caller, 'address' | 'may'>, wanted: WantedEvents): Promise<ReadableStream<Uint8Array>>;
  /** Ends all streams, as before a shutdown; clients come back by themselves. */
  close(): void;
};

export type WantedEvents = {
  readonly after?: number;
  readonly repository?: RepositoryName;
  readonly kinds?: readonly EventKind[];
  readonly notificationsOf?: string;
  /** The event as the listener may hear of it, beside the right to pull; undefined: not at all. */
  readonly show?: (event: Event) => Promise<Event | undefined>;
};

type WantedRows = Pick<MetadataStore, 'events' | 'commits'> & { readonly notifications: Pick<MetadataStore['notifications'], 'summarize'> };

export type LiveEventsParts = { readonly rows: WantedRows; readonly clock: Clock; readonly sleep: Sleep };

export const streamsMax = 500;
export const streamsPerAddressMax = 20;
export const heartbeatMs = 15_000;
/** What another process committed is found after this at the latest. */
const pollMs = 5000;
const lifeMs = 3600e3;
const pageSize = 100;

export function createLiveEvents({ rows, clock, sleep }: LiveEventsParts): LiveEvents {
  const streams = new Map<Alarm, string>();
  return {
    async open(caller, wanted) {
      const fromHere = [...streams.values()].filter((address) => address === caller.address).length;
      if (streams.size >= streamsMax || fromHere >= streamsPerAddressMax) {
        throw new RegistryError('TOO_MANY_REQUESTS', {
          message: `there are ${fromHere} event streams from this address: ${streamsPerAddressMax} may be open at a time`,
        });
      }
      const alarm = createAlarm(sleep);
      streams.set(alarm, caller.address); // before anything is awaited, or many could come at once
      try {
        const newest = await rows.events.findNewestId();
        return stream(caller, wanted, alarm, wanted.after ?? newest);
      } catch (error) {
        streams.delete(alarm);
        throw error;
      }
    },

    close() {
      for (const alarm of streams.keys()) end(alarm);
    },
  };

  function end(alarm: Alarm): void {
    streams.delete(alarm);
    alarm.ring();
  }

  function stream(caller: Pick<Caller, 'may'>, wanted: WantedEvents, alarm: Alarm, after: number): ReadableStream<Uint8Array> {
    const endsAt = clock.now() + lifeMs;
    const listening = rows.commits.listen('events', alarm.ring);
    const noticing = wanted.notificationsOf === undefined ? undefined : rows.commits.listen('notifications', alarm.ring);
    let noticed = '';
    let readTo = after;
    let isFirst = true;
    let saidAt = clock.now();

    function finish(): void {
      listening[Symbol.dispose]();
      noticing?.[Symbol.dispose]();
      end(alarm);
    }

    /** What there is to say now, or '' when the stream is over. */
    async function next(): Promise<string> {
      if (isFirst) {
        isFirst = false;
        const newest = await rows.events.findNewestId();
        const isLost = await hasGap(readTo, newest);
        // Ids from before a backup was restored are ahead of all that comes.
        readTo = Math.min(readTo, newest);
        return `: ${readTo}\n\n${isLost ? lost : ''}`;
      }
      while (streams.has(alarm) && clock.now() < endsAt) {
        const news = await readNotices();
        if (news !== '') return news;
        const page = await rows.events.list({ after: readTo, limit: pageSize });
        const seen = await visible(page);
        readTo = page.at(-1)?.id ?? readTo;
        if (seen.length > 0) {
          saidAt = clock.now();
          return seen.map(frame).join('');
        }
        if (page.length > 0) continue;
        if (clock.now() - saidAt >= heartbeatMs) {
          saidAt = clock.now();
          return ':\n\n';
        }
        await alarm.wait(pollMs);
      }
      return '';
    }

    async function readNotices(): Promise<string> {
      if (wanted.notificationsOf === undefined) return '';
      const now = JSON.stringify(await rows.notifications.summarize(wanted.notificationsOf));
      if (now === noticed) return '';
      noticed = now;
      saidAt = clock.now();
      return `event: notification\ndata: ${now}\n\n`;
    }

    async function visible(page: readonly Event[]): Promise<Event[]> {
      const seen: Event[] = [];
      for (const event of page) {
        const isWanted = (wanted.repository ?? event.repository) === event.repository && (wanted.kinds?.includes(event.kind) ?? true);
        if (!isWanted || !(await caller.may('pull', event.repository))) continue;
        const shown = wanted.show === undefined ? event : await wanted.show(event);
        if (shown !== undefined) seen.push(shown);
      }
      return seen;
    }

    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const text = await next();
            if (text !== '') return controller.enqueue(new TextEncoder().encode(text));
            finish();
            controller.close();
          } catch (error) {
            finish();
            throw error;
          }
        },
        cancel: finish,
      },
      { highWaterMark: 0 },
    );
  }

  async function hasGap(after: number, newest: number): Promise<boolean> {
    if (after >= newest) return after > newest;
    const [oldest] = await rows.events.list({ limit: 1 });
    return oldest === undefined || oldest.id > after + 1;
  }
}

const lost = 'event: lost\ndata: {}\n\n';

/** JSON holds no line break, so one line of data holds it. */
function frame(event: Event): string {
  return `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}
