/**
 * What one has chosen of a list stands in the address: a reload, the way back and whoever is sent the
 * address show the same. The name is one that the page's route lets through (`routes.tsx`).
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { searchText } from '../repository-search.ts';

/** One of several; the first is not written down. */
export function useAddressed<State extends string>(name: string, states: readonly [State, ...State[]]): [State, (state: State) => void] {
  const [text, write] = useAddress(name);
  const [usual] = states;
  return [states.find((one) => one === text) ?? usual, (state) => write(state === usual ? '' : state)];
}

/** Text that somebody types: it does not wait for the address. */
export function useAddressedText(name: string): [string, (text: string) => void] {
  const [text, write] = useAddress(name);
  const [typed, setTyped] = useState(text);
  return [
    typed,
    (next) => {
      setTyped(next);
      write(next);
    },
  ];
}

function useAddress(name: string): [string, (text: string) => void] {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  return [
    searchText(search, name)[name] ?? '',
    (text) =>
      void navigate({
        to: '.',
        search: (before: Readonly<Record<string, unknown>>) => ({ ...before, [name]: text === '' ? undefined : text }),
        replace: true,
        resetScroll: false,
      }),
  ];
}
