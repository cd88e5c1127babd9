import type { Profile } from '../access/policy.ts';
import type { LiveEvents } from '../events/live-events.ts';
import type { Identity } from '../identity/identity.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';

/** What the handlers work with. */
export type HubParts = {
  readonly rows: MetadataStore;
  readonly identity: Identity;
  readonly events: LiveEvents;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly settings: HubSettings;
};

export type HubSettings = { readonly signUp: boolean; readonly aliasMs: number; readonly federationIssuers: readonly string[] };
