/** Our own facts of an event, as Standard Webhooks shapes a payload, and as CloudEvents 1.0 carries them (JSON format, structured mode). */
import { jsonMessage, type Message, type Report, referenceOf } from './report.ts';

export function standardMessage(report: Report): Message {
  const { event } = report;
  return jsonMessage({ type: event.kind, timestamp: new Date(event.at).toISOString(), data: factsOf(report) });
}

/**
 * The event in its JSON format is these few fields. The project's library checks them by a JSON schema
 * compiler and brings transports of its own; nothing of it would be used here.
 */
export function cloudEventsMessage(report: Report): Message {
  const { event, messageId, baseUrl } = report;
  const fields = {
    specversion: '1.0',
    id: messageId,
    source: `${baseUrl}/v2/${event.repository}`,
    type: `naru.${event.kind}`,
    time: new Date(event.at).toISOString(),
    subject: event.tag ?? event.digest ?? event.previous,
    datacontenttype: 'application/json',
    data: factsOf(report),
  };
  return jsonMessage(fields, 'application/cloudevents+json; charset=utf-8');
}

function factsOf(report: Report): Readonly<Record<string, unknown>> {
  const { id, kind: _kind, at: _at, ...facts } = report.event;
  return { event: id, ...facts, reference: referenceOf(report), ...report.image, callbackUrl: report.callbackUrl };
}
