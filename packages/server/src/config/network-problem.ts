import { parseNetwork } from '../network/network.ts';

export function networkProblem(written: string): string | undefined {
  return parseNetwork(written) === undefined ? `"${written}" is neither an address nor a network, like 10.0.0.1, 10.0.0.0/8 or fd00::/8` : undefined;
}
