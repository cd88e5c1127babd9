/** Everything that is measured, in the order of the report. */
import { accessDecision, accessManifest, accessPasswords, accessToken } from './access.ts';
import { advisoryMatch } from './advisories.ts';
import { clientList, clientPulls, clientPushes } from './client.ts';
import { durability } from './durability.ts';
import { files } from './files.ts';
import { firstView } from './first-view.ts';
import { lineage } from './lineage.ts';
import { inventory } from './inventory.ts';
import { servingBesideScans } from './serving-beside-scans.ts';
import { catalog, tagList } from './lists.ts';
import { memory } from './memory.ts';
import { namespaceSecurity } from './namespace-security.ts';
import { newsAlone, newsBesideDead } from './news.ts';
import { outbox } from './outbox.ts';
import { pullByEight, pullByOne } from './pull.ts';
import { pushByEight, pushByOne, pushStreamed } from './push.ts';
import { readyEmpty, readyFull } from './ready.ts';
import type { Scenario } from './scenario.ts';
import { search } from './search.ts';
import { secondOpinion } from './second-opinion.ts';
import { manifestByDigest, manifestByTag, manifestHead, smallBlob } from './small-get.ts';
import { manifestPutByEight, manifestPutByOne, smallBlobPush } from './small-push.ts';

export const allScenarios: readonly Scenario[] = [
  durability,
  pullByOne,
  pullByEight,
  pushByOne,
  pushByEight,
  pushStreamed,
  manifestByTag,
  manifestByDigest,
  manifestHead,
  manifestPutByOne,
  manifestPutByEight,
  smallBlob,
  smallBlobPush,
  accessManifest,
  accessToken,
  accessPasswords,
  accessDecision,
  advisoryMatch,
  namespaceSecurity,
  tagList,
  catalog,
  search,
  lineage,
  files,
  firstView,
  outbox,
  newsAlone,
  newsBesideDead,
  inventory,
  secondOpinion,
  servingBesideScans,
  readyEmpty,
  readyFull,
  memory,
  ...clientPulls,
  ...clientPushes,
  clientList,
];
