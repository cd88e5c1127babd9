/**
 * Times as Go prints them, in the zone of whoever reads: `2026-11-21 04:03:59 +0000 UTC` and RFC
 * 3339. The zone's abbreviation comes from the runtime, which does not know all of them; where it
 * has none, the offset stands for it, as Go does for zones without one.
 */
export function goTimeText(epochMs: number): string {
  const { date, time, offset } = parts(epochMs);
  return `${date} ${time} ${offset} ${zoneName(epochMs, offset)}`;
}

/** To the second, with the local offset. */
export function rfc3339(epochMs: number): string {
  const { date, time, offset } = parts(epochMs);
  return `${date}T${time}${offset === '+0000' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(3)}`}`;
}

function parts(epochMs: number): { date: string; time: string; offset: string } {
  const at = new Date(epochMs);
  const minutes = -at.getTimezoneOffset();
  const local = new Date(epochMs + minutes * 60_000).toISOString();
  const [date = '', rest = ''] = local.split('T');
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
  return { date, time: rest.slice(0, 8), offset };
}

/** English readers of these places write the abbreviations that Go knows too. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'ja-JP'];
const wellKnown: Readonly<Record<string, string>> = { 'Asia/Seoul': 'KST', 'Asia/Shanghai': 'CST', 'Asia/Taipei': 'CST', 'Asia/Hong_Kong': 'HKT' };

function zoneName(epochMs: number, offset: string): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return 'UTC';
  const known = wellKnown[timeZone];
  if (known !== undefined) return known;
  for (const locale of locales) {
    const name = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }).formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value;
    if (name !== undefined && /^[A-Z]{3,5}$/.test(name)) return name;
  }
  return offset.endsWith('00') ? offset.slice(0, 3) : offset;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
