/** Times as people type them: `2026-11-01`, `2026-11-01T09:30`, in this computer's time; `90m`, `24h` or `7d` ago. */

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600e3, d: 86_400e3 };

/** Epoch milliseconds. Anything else is passed on, and refused by the server with the name of the field. */
export function moment(written: string | undefined, now: number): string | undefined {
  if (written === undefined) return undefined;
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(written) ?? [];
  if (count !== undefined) return String(now - Number(count) * (unitMs[unit] ?? 0));
  const day = /^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00` : written;
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(day) ? Date.parse(day) : Number.NaN;
  return Number.isNaN(at) ? written : String(at);
}
