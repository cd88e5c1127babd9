import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { now } from '../parts/now.ts';
import { useKeys } from './keys.ts';

const betweenMs = 1500;

/** `g` and then where to: `r` my repositories, `h` the first page, `n` a new repository. */
export function useGoKeys(): void {
  const navigate = useNavigate();
  const pressedAt = useRef(0);
  const go = (to: '/' | '/mine' | '/new') => () => {
    if (now() - pressedAt.current < betweenMs) void navigate({ to });
  };
  useKeys({
    g() {
      pressedAt.current = now();
    },
    r: go('/mine'),
    h: go('/'),
    n: go('/new'),
  });
}
