import { fieldText, fieldWords } from '../../parts/act-form.tsx';
import { offsetMinutesAt } from '../../parts/now.ts';
import type { Grant } from './grants.tsx';

const dayMs = 86_400_000;

/** What the fields of a grant's conditions say; days and hours are those of whoever fills them in. */
export function readConditions(fields: FormData): Grant['conditions'] {
  const networks = fieldWords(fields, 'networks');
  const tags = fieldWords(fields, 'tags');
  const notBefore = dayIn(fields, 'notBefore');
  const lastDay = dayIn(fields, 'notAfter');
  const days = fields.getAll('days').map(Number);
  return {
    ...(networks && { networks }),
    ...(tags && { tags }),
    ...(notBefore !== undefined && { notBefore }),
    ...(lastDay !== undefined && { notAfter: lastDay + dayMs - 1 }),
    ...(days.length > 0 && {
      weekly: { days, fromMinute: minuteIn(fields, 'fromTime') ?? 0, toMinute: minuteIn(fields, 'toTime') ?? 1440, offsetMinutes: offsetMinutesAt() },
    }),
  };
}

/** `2026-02-01`: where that day begins. */
function dayIn(fields: FormData, name: string): number | undefined {
  const at = Date.parse(`${fieldText(fields, name)}T00:00`);
  return Number.isNaN(at) ? undefined : at;
}

/** `09:30` */
function minuteIn(fields: FormData, name: string): number | undefined {
  const [, hour, minute] = /^(\d\d):(\d\d)/.exec(fieldText(fields, name)) ?? [];
  return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}
