/** Every peer we know how to start, Naru first. */
import { distribution2, distribution3 } from './distribution.ts';
import { naru, naruWithoutAccessLog } from './naru.ts';
import { nginx } from './nginx.ts';
import { olareg } from './olareg.ts';
import type { Peer } from './peer.ts';
import { zot } from './zot.ts';

export const allPeers: readonly Peer[] = [naru, naruWithoutAccessLog, distribution3, distribution2, olareg, zot, nginx];
