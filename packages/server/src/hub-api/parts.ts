import type { Profile } from '../access/policy.ts';
import type { SettingInForce } from '../config/in-force.ts';
import type { WishDesk } from '../deploy/wishes.ts';
import type { LiveEvents } from '../events/live-events.ts';
import type { Findings } from '../advisories/findings.ts';
import type { ImageFiles } from '../files/image-files.ts';
import type { Gate } from '../gate/gate.ts';
import type { FactParts } from '../gate/image-facts.ts';
import type { ShownContent } from '../gate/shown-content.ts';
import type { Identity } from '../identity/identity.ts';
import type { MailRules } from '../identity/mail/mail-rules.ts';
import type { CollectionWish, GcReport } from '../lifecycle/admin-request.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Registry } from '../registry/registry.ts';
import type { ImageSignatures } from '../signatures/signatures.ts';
import type { WebhookRules } from '../webhooks/webhooks.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Scanner } from '../scanners/scanner.ts';
import type { Search } from '../search/search.ts';

/** What the handlers work with. */
export type HubParts = {
  readonly rows: MetadataStore;
  readonly registry: Registry;
  readonly identity: Identity;
  readonly events: LiveEvents;
  readonly search: Search;
  readonly webhooks: WebhookRules;
  readonly wishes: WishDesk;
  readonly files: ImageFiles;
  readonly gate: Gate;
  /** Tags, and content that nobody asked for by name, as the caller is told of them. */
  readonly shown: ShownContent;
  readonly signatures: ImageSignatures;
  /** What verdicts are made of, for those that are only tried. */
  readonly facts: FactParts;
  readonly findings: Findings;
  /** Those of others, as the operator has named them. */
  readonly scanners: readonly Scanner[];
  /** Deletes what nothing refers to, or says what would go. */
  readonly collect: (wanted: CollectionWish) => Promise<GcReport>;
  /** Absent: this server sends no mails. */
  readonly mail?: MailPart | undefined;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly settings: HubSettings;
  /** Every setting that holds; absent: no server runs. */
  readonly inForce?: readonly SettingInForce[] | undefined;
};

export type MailPart = MailRules & {
  /** The SMTP server could not be reached last time: what is asked for now comes later. */
  isLate(): boolean;
};

export type HubSettings = {
  readonly signUp: boolean;
  readonly aliasMs: number;
  readonly federationIssuers: readonly string[];
  /** How long the collector leaves an image that has no tag; undefined: for ever. */
  readonly untaggedForMs: number | undefined;
};
