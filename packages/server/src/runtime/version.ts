/** The version of this program, as it prints it and as its metrics name it. */
import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;
