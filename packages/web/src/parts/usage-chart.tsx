/** How much was held over time: a thin line over its days, with a table behind it for screen readers. */
import { useLanguage } from '../language/language.tsx';
import { tableOf } from '../language/table-of.ts';
import { bytesText } from './bytes.tsx';

export type UsageDay = { readonly day: string; readonly bytes: number };

const useChartTexts = tableOf({
  en: {
    title: (days: number) => (days === 1 ? 'Stored today' : `Stored over the last ${days} days`),
    soon: 'A chart appears here when there is more than one day to show.',
    most: (bytes: string) => `most: ${bytes}`,
    now: (bytes: string) => `now: ${bytes}`,
    day: 'Day',
    stored: 'Stored',
  },
  ko: {
    title: (days: number) => (days === 1 ? '오늘 저장한 양' : `최근 ${days}일 동안 저장한 양`),
    soon: '하루가 지나면 여기에 차트가 나타납니다.',
    most: (bytes: string) => `최대 ${bytes}`,
    now: (bytes: string) => `현재 ${bytes}`,
    day: '날짜',
    stored: '저장한 양',
  },
});

const height = 60;
const width = 600;
/** Rows of the table that a screen reader reads: so many, evenly chosen. */
const rowsMax = 31;

export function UsageChart({ items }: { items: readonly UsageDay[] }) {
  const texts = useChartTexts();
  const { language } = useLanguage();
  if (items.length < 2) return <p className="text-sm text-muted">{texts.soon}</p>;
  const dayText = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const most = Math.max(1, ...items.map(({ bytes }) => bytes));
  const at = (index: number, bytes: number) =>
    `${((index / (items.length - 1)) * width).toFixed(1)},${(height - 1 - (bytes / most) * (height - 3)).toFixed(1)}`;
  const line = items.map(({ bytes }, index) => at(index, bytes)).join(' ');
  const step = Math.max(1, Math.ceil(items.length / rowsMax));
  const rows = items.filter((_, index) => (items.length - 1 - index) % step === 0);
  return (
    <figure>
      <figcaption className="mb-1 flex flex-wrap justify-between gap-x-4 text-sm text-muted tabular-nums">
        <span>{texts.title(items.length)}</span>
        <span>
          {texts.most(bytesText(most, language))} · {texts.now(bytesText(items.at(-1)?.bytes ?? 0, language))}
        </span>
      </figcaption>
      <svg aria-hidden="true" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-16 w-full">
        <polygon points={`0,${height} ${line} ${width},${height}`} className="fill-accent-soft" />
        <polyline points={line} fill="none" vectorEffect="non-scaling-stroke" strokeWidth="1.5" className="stroke-accent" />
      </svg>
      <p aria-hidden="true" className="flex justify-between text-sm text-muted">
        <span>{dayText.format(Date.parse(items[0]?.day ?? ''))}</span>
        <span>{dayText.format(Date.parse(items.at(-1)?.day ?? ''))}</span>
      </p>
      <table className="aside">
        <caption>{texts.title(items.length)}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.day}</th>
            <th scope="col">{texts.stored}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ day, bytes }) => (
            <tr key={day}>
              <th scope="row">{dayText.format(Date.parse(day))}</th>
              <td>{bytesText(bytes, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
