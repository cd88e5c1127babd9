/**
 * The `callback_url` of a message: where its receiver may say what came of it, as Docker Hub's webhook
 * chains do. Whoever knows the address may; it is made from the webhook's secret, so no row has to
 * remember it, and it dies with the webhook.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Webhook } from '../metadata/webhook-port.ts';
import { keyOf } from './signature.ts';

export function callbackPath(webhook: Pick<Webhook, 'id' | 'secret'>, messageId: string): string {
  return `/api/v1/webhook-callbacks/${webhook.id}/${messageId}/${callbackKey(webhook, messageId)}`;
}

export function isCallbackKey(webhook: Pick<Webhook, 'id' | 'secret'>, messageId: string, key: string): boolean {
  const [given, expected] = [Buffer.from(key), Buffer.from(callbackKey(webhook, messageId))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function callbackKey({ secret }: Pick<Webhook, 'secret'>, messageId: string): string {
  return createHmac('sha256', keyOf(secret)).update(`callback ${messageId}`).digest('base64url');
}
