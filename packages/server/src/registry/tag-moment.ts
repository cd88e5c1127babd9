/** `latest.at-2026-11-01`: a tag as it was, in a form that every client can ask for, since it is a tag itself. */
import { parseTag, type Tag } from '@naru/oci/repository-name';

const form = /^(?<tag>.+)\.at-(?<day>\d{4}-\d\d-\d\d)(?:T(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)?Z)?$/;

/** Epoch ms, UTC; of a day its last moment, of a minute or a second its first. Undefined for any other tag, and for a day that there is not. */
export function readTagMoment(text: Tag): { readonly tag: Tag; readonly at: number } | undefined {
  const { tag, day, hour, minute, second } = form.exec(text)?.groups ?? {};
  if (tag === undefined || day === undefined) return undefined;
  const time = hour === undefined ? '23:59:59.999' : `${hour}:${minute}:${second ?? '00'}.000`;
  const at = Date.parse(`${day}T${time}Z`);
  // The parser takes the 31st of a shorter month for a day of the next.
  return Number.isNaN(at) || new Date(at).toISOString() !== `${day}T${time}Z` ? undefined : { tag: parseTag(tag), at };
}
