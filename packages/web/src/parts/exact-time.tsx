import { useLanguage } from '../language/language.tsx';

/** A point in the future, by the reader's clock. `at` in epoch milliseconds. */
export function ExactTime({ at }: { at: number }) {
  const { language } = useLanguage();
  return <time dateTime={new Date(at).toISOString()}>{new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at)}</time>;
}
