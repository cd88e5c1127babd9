import { livePid } from '../layout/process-owner.ts';
import type { Container } from './container.ts';

/** Of its first process, while that runs. */
export function processOf({ state }: Pick<Container, 'state'>): number | undefined {
  return state.process === undefined ? undefined : livePid(state.process);
}
