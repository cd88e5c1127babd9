/**
 * What happens on the server while one looks (server-sent events). One connection for all who listen
 * on a page; the browser comes back by itself and goes on where it was cut off.
 */
import { useEffect, useEffectEvent, useState } from 'react';
import { useReturns } from './session-end.ts';

export type LiveEvent = { readonly kind: string; readonly repository: string; readonly tag?: string; readonly digest?: string };
export type LiveState = 'connecting' | 'live' | 'offline';

type Listening = {
  readonly repository?: string;
  readonly kinds: readonly string[];
  onEvent(event: LiveEvent): void;
  /** Events were missed: ask for everything again. */ onLost(): void;
};

export function useLiveEvents({ repository, kinds, onEvent, onLost }: Listening): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const heard = useEffectEvent(onEvent);
  const lost = useEffectEvent(onLost);
  const wanted = kinds.join(',');
  const returns = useReturns();
  useEffect(() => {
    const query = new URLSearchParams({ kinds: wanted, ...(repository !== undefined && { repository }) });
    const source = new EventSource(`/api/v1/events?${query.toString()}`);
    let wasOpen = false;
    source.addEventListener('open', () => {
      // The server may have been gone for long, and the browser forgets the last id when the page was asleep.
      if (wasOpen) lost();
      wasOpen = true;
      setState('live');
    });
    source.addEventListener('error', () => setState(source.readyState === EventSource.CLOSED ? 'offline' : 'connecting'));
    source.addEventListener('lost', () => lost());
    for (const kind of wanted.split(',')) {
      source.addEventListener(kind, (message: MessageEvent<string>) => heard(JSON.parse(message.data) as LiveEvent)); // our own server's
    }
    return () => source.close();
  }, [repository, wanted, returns]);
  return state;
}
