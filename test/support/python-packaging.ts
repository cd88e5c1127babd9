/** Python's own library for the versions of its packages (PEP 440), which pip uses: the judge of what is older. */
import { execFileSync } from 'node:child_process';
import { recordSkip } from './needs.ts';

/** Says in one line when it is not there. */
export function hasPythonPackaging(): boolean {
  try {
    execFileSync('python3', ['-c', 'import packaging.version'], { stdio: 'ignore' });
    return true;
  } catch {
    recordSkip('needs packaging for Python (apt install python3-packaging)');
    return false;
  }
}

/** `script` reads JSON from stdin as `given`, has `Version` and `InvalidVersion`, and prints JSON. */
export function askPythonPackaging(script: string, given: unknown): unknown {
  const start = 'import json, sys, re\nfrom packaging.version import Version, InvalidVersion\ngiven = json.load(sys.stdin)\n';
  return JSON.parse(execFileSync('python3', ['-c', start + script], { input: JSON.stringify(given), maxBuffer: 2 ** 28, encoding: 'utf8' }));
}
