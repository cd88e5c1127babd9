import { useLanguage } from '../language/language.tsx';
import { useNow } from './now.ts';

const units: readonly [Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** "2 hours ago", and the exact time on hover. `at` in epoch milliseconds. */
export function RelativeTime({ at }: { at: number }) {
  const { language } = useLanguage();
  const date = new Date(at);
  return (
    <time
      dateTime={date.toISOString()}
      title={new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'medium' }).format(date)}
      className="whitespace-nowrap"
    >
      {relativeText(at, useNow(), language)}
    </time>
  );
}

export function relativeText(at: number, now: number, language: string): string {
  const seconds = (at - now) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 0];
  // Clocks that differ by a little must not say "in 2 seconds", and counting seconds is no news.
  return size === 0 ? format.format(0, 'second') : format.format(Math.trunc(seconds / size), unit);
}
