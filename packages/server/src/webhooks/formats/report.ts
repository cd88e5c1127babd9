/** What a message is made of: the event, and what is known of the image that it names. */
import type { RepositoryFacts } from '../../metadata/port.ts';
import type { ReportedEvent } from '../../metadata/webhook-port.ts';

export type Report = {
  readonly event: ReportedEvent;
  readonly messageId: string;
  /** Absent when there is no image any more. */
  readonly image?: { readonly mediaType: string; readonly sizeBytes: number; readonly platforms: readonly string[] };
  /** What is known of the repository. Absent when it is gone, or not there yet. */
  readonly repository?: RepositoryFacts;
  /** For formats that have a place for it. */
  readonly readme?: string;
  /** Where clients reach this server, without a slash at its end. */
  readonly baseUrl: string;
  /** Where a receiver may say what came of it. */
  readonly callbackUrl: string;
};

/** As clients name it: `registry.example.org/team/app:v1`. */
export function referenceOf({ event: { repository, tag, digest, previous }, baseUrl }: Report): string {
  const name = `${new URL(baseUrl).host}/${repository}`;
  const content = digest ?? previous;
  return tag !== undefined ? `${name}:${tag}` : content !== undefined ? `${name}@${content}` : name;
}

export type Message = { readonly contentType: string; readonly body: string };

export function jsonMessage(value: unknown, contentType = 'application/json'): Message {
  return { contentType, body: JSON.stringify(value) };
}
