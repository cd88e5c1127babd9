/** Lists of actions as one column. */
import { type Action, isAction } from '../../access/action.ts';

export function joinActions(actions: readonly Action[]): string {
  return actions.join(',');
}

export function splitActions(text: string): Action[] {
  return text.split(',').filter(isAction);
}
