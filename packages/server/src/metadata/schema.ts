/**
 * The tables, as Kysely knows them. The migrations in `migrations/` make them; nothing else may.
 *
 *     repository ─┬─< repository_blob >──────── blob              blob: what the blob store holds
 *                 │        △  a link: this repository has this blob
 *                 │        │
 *                 │   manifest_blob            config and layers of a manifest
 *                 │        │
 *                 ├─< repository_manifest >──── manifest          manifest: the bytes, once per digest
 *                 │        △        △
 *                 │        │   manifest_child   manifests of an index
 *                 │        │
 *                 ├─< tag ─┘
 *                 ├─< tag_history
 *                 └── tag_policy · retention_policy
 *
 *     manifest ── image_chain ──< image_prefix      which image stands on which
 *
 *     image_inventory ──< image_secret               what was left in which
 *     manifest ── image_inventory ──< image_package >── package_version      what is installed in which
 *
 *     repository_manifest ──< attached_sbom ──< attached_package >── package_version     what somebody says is in which
 *
 *     manifest ── scan ──< scan_finding              what scanners of others found in which
 *
 *     golden_image ──< golden_version · outdated_notice      golden_policy
 *     webhook ──< webhook_delivery ──< webhook_attempt
 *     user ──< notification · notification_setting   what people are told of
 *
 *     namespace_usage · namespace_quota · usage_day  how much a namespace holds, may, and held
 *
 *     trashed_manifest ──< trashed_content           deleted, and what it needs to come back
 *
 *     upload · event · event_consumer · job · condemned_blob   stand alone
 *     accounts and what they may do              `identity/tables.ts`
 *     what runs where                            `deploy/tables.ts`
 *     what is known to be vulnerable             `advisories/tables.ts`
 *     what may be pulled                         `gate/tables.ts`
 *     what people have approved                  `reviews/tables.ts`
 *     how vulnerable images and namespaces are   `tallies/tables.ts`
 *
 * Arrows are foreign keys, so the engine itself keeps I4: a tag points at a manifest of its
 * repository, and a manifest at blobs and manifests that its repository has. A subject is no key,
 * since the specification allows a subject that is not there.
 *
 * Repositories are referred to by name, not by number: names do not change, every list is in the
 * order of its key, and the hot reads need no join to find the number first. Names, tags and digests
 * sort by bytes in every engine.
 *
 * Manifest bytes live in rows: one sync per push, atomic with the tags, no file to open on a pull.
 *
 * `event` and `tag_history` grow with use, by about 570 bytes per push of a manifest with one tag and
 * 140 per pushed blob (I6). Events go when they are old and every consumer has read them
 * (`events/prune-events.ts`), moves of a tag when there are more than a thousand newer ones.
 */
import type { Digest, DigestAlgorithm } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { PackageType } from '../inventory/package.ts';
import type { Generated, GeneratedAlways } from 'kysely';
import type { StorageKey } from '../blobstore/port.ts';
import type { UploadId } from '../runtime/ids.ts';
import type { Severity } from './advisory-port.ts';
import type { AdvisoryTables } from './advisories/tables.ts';
import type { InventoryState } from './inventory-port.ts';
import type { DeploymentTables } from './deploy/tables.ts';
import type { GateTables } from './gate/tables.ts';
import type { ReviewTables } from './reviews/tables.ts';
import type { TallyTables } from './tallies/tables.ts';
import type { Badge, BadgeState, FacetKind, ReadmeOrigin } from './hub-port.ts';
import type { GoldenScope } from './golden-port.ts';
import type { IdentityTables } from './identity/tables.ts';
import type { JobState } from './job-port.ts';
import type { NotificationKind } from './notification-port.ts';
import type { EventKind } from './port.ts';
import type { Visibility } from '../access/policy.ts';
import type { DeliveryState, WebhookFormat, WebhookScope } from './webhook-port.ts';

export type Tables = IdentityTables & DeploymentTables & AdvisoryTables & GateTables & ReviewTables & TallyTables & ContentTables;

type ContentTables = {
  repository: {
    name: RepositoryName;
    created_at: number;
    visibility: Visibility;
    description: Generated<string>;
    /** The same as `text-letters.ts` writes it, to be searched. */
    description_letters: Generated<string>;
    source_url: Generated<string>;
    licenses: Generated<string>;
    official: Generated<number>;
    verified: Generated<number>;
    pulls: Generated<number>;
    pulled_at: Generated<number | null>;
    stars: Generated<number>;
    /** When an image was last pushed or moved. */
    updated_at: Generated<number | null>;
    /** Made of the name; '' for a name of one part. */
    namespace: GeneratedAlways<string>;
    /** popularity × 2^32 + a number of its own: the best known have the highest. */
    search_id: Generated<number>;
  };
  /** Layers whose files are known, or are being read. */
  layer_index: { id: Generated<number>; digest: Digest; state: 'indexing' | 'indexed' | 'refused'; reason: string; changed_at: number };
  layer_file: {
    layer: number;
    parent: string;
    name: string;
    kind: string;
    size_bytes: number;
    mode: number;
    target: string;
    content: string;
    position: number;
  };
  repository_facet: { repository: RepositoryName; kind: FacetKind; value: string };
  readme: { repository: RepositoryName; text: string; origin: ReadmeOrigin; changed_at: number; changed_by: string };
  star: { user_id: string; repository: RepositoryName; at: number };
  /** `day`: since 1970, UTC. The tag '' counts all pulls of the repository. */
  pull_day: { repository: RepositoryName; tag: Tag | ''; day: number; pulls: number };
  tag_pull: { repository: RepositoryName; tag: Tag; pulls: number; pulled_at: number };
  badge_request: {
    id: string;
    badge: Badge;
    subject: string;
    state: BadgeState;
    note: string;
    applied_at: number;
    applied_by: string;
    reason: string;
    decided_at: number | null;
    decided_by: string | null;
    doubted_at: number | null;
    doubt: Generated<string>;
  };
  /** Where a repository was until it was renamed or transferred: pulls find it there for a while. */
  repository_alias: { name: RepositoryName; repository: RepositoryName; until: number };

  upload: { id: UploadId; repository: RepositoryName; algorithm: DigestAlgorithm; started_at: number; touched_at: number };

  blob: { digest: Digest; size_bytes: number; storage_key: StorageKey; state: 'stored' | 'quarantined'; stored_at: number; checked_at: number };
  repository_blob: { repository: RepositoryName; digest: Digest; touched_at: number };
  /** Blobs whose row is gone and whose bytes must follow. */
  condemned_blob: { digest: Digest; storage_key: StorageKey; size_bytes: number; condemned_at: number };

  manifest: { digest: Digest; size_bytes: number; bytes: Uint8Array };
  repository_manifest: {
    repository: RepositoryName;
    digest: Digest;
    media_type: string;
    artifact_type: string | null;
    subject_digest: Digest | null;
    pushed_at: number;
    pushed_by: string;
    /** When a tag left it last. */
    untagged_at: number | null;
    /** 1: the server made it of its subject, and it goes with that. */
    generated: Generated<number>;
  };
  manifest_blob: { repository: RepositoryName; digest: Digest; blob_digest: Digest; role: 'config' | 'layer' };
  manifest_child: { repository: RepositoryName; digest: Digest; child_digest: Digest };
  /** Of a namespace, '' included: each blob once, whichever of its repositories have it. `refused_at`: when there was no room last. */
  namespace_usage: { namespace: string; bytes: number; refused_at: number | null };
  /** No bytes: as much as it likes, whatever the server says of others. */
  namespace_quota: { namespace: string; max_bytes: number | null; changed_at: number; changed_by: string };
  /** `tags`: those that were on it, as JSON. */
  trashed_manifest: {
    repository: RepositoryName;
    digest: Digest;
    media_type: string;
    subject_digest: Digest | null;
    bytes: Uint8Array;
    tags: string;
    deleted_at: number;
    deleted_by: string;
  };
  /** `content`: a blob or a manifest of the repository, which stays while `digest` may come back. */
  trashed_content: { repository: RepositoryName; content: Digest; digest: Digest };
  /** One for each manifest that was looked at. `chain`: `lineage/image-layers.ts`'s, of all its layers; null: it is no image. */
  image_chain: { id: Generated<number>; digest: Digest; chain: Digest | null; layers: number; base_digest: Digest | null; base_name: string | null };
  /** Every beginning of an image's list of layers, but the whole list. `layers`: how long it is. */
  image_prefix: { chain: Digest; image: number; layers: number };
  /** `problems`: JSON. */
  image_inventory: {
    id: Generated<number>;
    digest: Digest;
    state: InventoryState;
    distribution_id: string;
    distribution_version: string;
    distribution_name: string;
    problems: string;
    read_at: number;
  };
  package_version: {
    id: Generated<number>;
    type: PackageType;
    name: string;
    version: string;
    distribution: string;
    namespace: string;
    source_name: string;
    source_version: string;
    architecture: string;
  };
  image_secret: {
    id: Generated<number>;
    image: number;
    place: string;
    layer: Digest | null;
    line: number | null;
    rule: string;
    title: string;
    masked: string;
    certainty: 'likely' | 'checked';
  };
  /** `licences`: JSON. */
  image_package: { image: number; package: number; path: string; layer: Digest; licences: string };

  /** `tag`: cosign's, or ''. */
  attached_sbom: {
    id: Generated<number>;
    repository: RepositoryName;
    subject: Digest;
    digest: Digest;
    tag: Tag | '';
    format: 'spdx' | 'cyclonedx' | '';
    problem: string;
    unknown: number;
    read_at: number;
  };
  /** `licences`: JSON. */
  attached_package: { sbom: number; package: number; licences: string };

  scan: {
    id: Generated<number>;
    digest: Digest;
    scanner: string;
    request: string;
    requested_at: number | null;
    reported_at: number | null;
    reported_by: string;
    problem: string;
    failed_at: number | null;
  };
  scan_finding: {
    scan: number;
    vulnerability: string;
    package: string;
    version: string;
    severity: Severity;
    score: number | null;
    fixed: string;
    summary: string;
    url: string;
    found_at: number;
  };

  golden_image: {
    id: string;
    namespace: string;
    repository: RepositoryName;
    tags: string;
    reason: string;
    until: number | null;
    approved_at: number;
    approved_by: string;
    gone_at: number | null;
  };
  /** `chain`: of the image's layers, kept when the image is gone. */
  golden_version: {
    id: Generated<number>;
    golden: string;
    tag: Tag;
    image: Digest;
    chain: Digest;
    pointed: Digest;
    since: number;
    ended_at: number | null;
    ended_by: 'moved' | 'deleted' | null;
  };
  /** Who was told that a golden tag is elsewhere, and where (`now`; '' for nowhere). */
  outdated_notice: { golden: string; tag: Tag; repository: RepositoryName; image: Digest; now: Digest | '' };
  golden_policy: { scope_kind: GoldenScope['kind']; scope_name: string; policy: string; changed_at: number; changed_by: string };

  /** `facts`: the fields that depend on its kind, as JSON. `is_shown`: on the pages; otherwise it only keeps a second mail away. */
  notification: {
    id: Generated<number>;
    user_id: string;
    kind: NotificationKind;
    source: string;
    facts: string;
    is_shown: number;
    is_unread: number;
    at: number;
  };
  usage_day: { namespace: string; day: number; bytes: number };
  notification_setting: { user_id: string; kind: NotificationKind; page: number; mail: number };

  tag: { repository: RepositoryName; name: Tag; digest: Digest; moved_at: number; moved_by: string };
  /** One row per move; no digest: the tag was deleted. */
  tag_history: { id: Generated<number>; repository: RepositoryName; tag: Tag; digest: Digest | null; previous: Digest | null; at: number; actor: string };

  /** `payload`: the fields of the event that depend on its kind, as JSON. */
  event: { id: Generated<number>; kind: EventKind; repository: RepositoryName; at: number; actor: string; payload: string };
  /** How far each reader of the events has read. */
  event_consumer: { name: string; read_to: number; read_at: number };

  /**
   * `unbegun_key`: the unique key while the job has not begun, and unique among those. `due_at`: when a
   * runner may take it (`job-port.ts`); null for what no runner may take. `lease` names who runs it.
   */
  job: {
    id: Generated<number>;
    kind: string;
    payload: string;
    unique_key: string | null;
    unbegun_key: string | null;
    ordering: string | null;
    priority: number;
    state: JobState;
    run_at: number;
    due_at: number | null;
    lease: string | null;
    attempts: number;
    created_at: number;
    changed_at: number;
    error: string | null;
  };

  /** `policy`: `tag-rules/policy.ts`'s, as JSON. */
  retention_policy: { repository: RepositoryName; policy: string; changed_at: number; changed_by: string };
  tag_policy: { repository: RepositoryName; policy: string; changed_at: number; changed_by: string };

  /** `filter`: which events, as JSON. `secret` is in clear, since it must sign. */
  webhook: {
    id: string;
    scope_kind: WebhookScope['kind'];
    scope_name: string;
    url: string;
    format: WebhookFormat;
    secret: string;
    filter: string;
    allow_private_address: number;
    /** The newest event when it was made. */
    after_event: number;
    disabled_at: number | null;
    failing_since: number | null;
    created_at: number;
    created_by: string;
  };
  /** `event` and `callback`: as JSON. `body`: what is sent, once it was made. */
  webhook_delivery: {
    id: Generated<number>;
    webhook_id: string;
    message_id: string;
    event: string;
    state: DeliveryState;
    attempts: number;
    body: string | null;
    callback: string | null;
    created_at: number;
    changed_at: number;
  };
  /** `exchange`: request and response, as JSON. */
  webhook_attempt: { id: Generated<number>; delivery_id: number; at: number; duration_ms: number; exchange: string };
};
