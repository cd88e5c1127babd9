/** How much was held over time. */
import { useLanguage } from '../language/language.tsx';
import { tableOf } from '../language/table-of.ts';
import { bytesText } from './bytes.tsx';
import { DayChart } from './day-chart.tsx';

export type UsageDay = { readonly day: string; readonly bytes: number };

const useChartTexts = tableOf({
  en: {
    title: (days: number) => (days === 1 ? 'Stored today' : `Stored over the last ${days} days`),
    note: (most: string, now: string) => `most: ${most} · now: ${now}`,
    stored: 'Stored',
  },
  ko: {
    title: (days: number) => (days === 1 ? '오늘 저장한 양' : `최근 ${days}일 동안 저장한 양`),
    note: (most: string, now: string) => `최대 ${most} · 현재 ${now}`,
    stored: '저장한 양',
  },
});

export function UsageChart({ items }: { items: readonly UsageDay[] }) {
  const texts = useChartTexts();
  const { language } = useLanguage();
  const values = items.map(({ bytes }) => bytes);
  const text = (value: number) => bytesText(value, language);
  return (
    <DayChart
      title={texts.title(items.length)}
      note={texts.note(text(Math.max(1, ...values)), text(values.at(-1) ?? 0))}
      days={items.map(({ day }) => day)}
      lines={[{ name: texts.stored, values, stroke: 'stroke-accent', hasArea: true }]}
      text={text}
    />
  );
}
