import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { useLanguage } from '../../language/language.tsx';

const days = 30;
const height = 40;

/** Pulls of each day as thin bars; the table that a screen reader reads stands behind it. */
export function PullsChart({ repository }: { repository: string }) {
  const { texts, language } = useLanguage();
  const pulls = useQuery({
    queryKey: ['pulls', repository],
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/pulls', { params: { repository }, query: { days }, signal }),
  });
  if (pulls.data === undefined || pulls.data.pulls === 0) return null;
  const { items } = pulls.data;
  const most = Math.max(1, ...items.map((day) => day.pulls));
  const dayText = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  return (
    <figure className="pt-3">
      <figcaption className="mb-1 text-muted">{texts.repository.pullsOf(days)}</figcaption>
      <svg aria-hidden="true" viewBox={`0 0 ${items.length * 8} ${height}`} preserveAspectRatio="none" className="h-10 w-full fill-accent">
        {items.map((day, index) => {
          const size = (day.pulls / most) * (height - 2);
          return (
            <rect key={day.day} x={index * 8} y={height - size - 1} width="6" height={size + 1} className={day.pulls === 0 ? 'fill-line' : ''}>
              <title>{`${dayText.format(Date.parse(day.day))}: ${texts.search.pulls(day.pulls)}`}</title>
            </rect>
          );
        })}
      </svg>
      <table className="aside">
        <caption>{texts.repository.pullsOf(days)}</caption>
        <tbody>
          {items
            .filter((day) => day.pulls > 0)
            .map((day) => (
              <tr key={day.day}>
                <th scope="row">{dayText.format(Date.parse(day.day))}</th>
                <td>{texts.search.pulls(day.pulls)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  );
}
