import type { ClientTexts } from './client-texts.ts';

export const english: ClientTexts = {
  remedies: {
    'log-in': ({ host }) => `log in first: naru login ${host}`,
    'log-in-or-ask': ({ host, repository }) => `to log in: naru login${host === 'docker.io' ? '' : ` ${host}`}. If you are, ask whoever owns ${repository}.`,
    'allow-plain-http': ({ host }) => `if ${host} is meant to speak plain HTTP: naru config add insecure-registries ${host}`,
    'token-service-needs-tls': () => 'its operator should give the token service TLS. To go on as nobody, log out of the registry first.',
    wait: ({ seconds }) => `the registry asks to wait ${seconds} seconds. Try again then.`,
    'choose-another-tag': () => 'choose another tag for the index, or delete this one first.',
    'say-platform': () => 'say it: --platform os/architecture',
    'delete-by-digest': ({ name }) => `to delete the image with all its tags: naru remote rm ${name}`,
  },
  remoteErrors: {
    unreachable: 'is the name right, and is the registry up? Behind a proxy, set HTTPS_PROXY.',
    network: 'try again: pull and push go on where they stopped.',
    tls: 'if it is the registry that you mean, put the certificate of its authority into ~/.docker/certs.d/HOST:PORT/ca.crt.',
    'not-tls': '',
    'plain-http': '',
    unauthorized: 'check the user name and the password or token.',
    denied: 'log in with naru login, or ask whoever owns the repository.',
    'not-found': 'to see what there is: naru remote tags NAME',
    'rate-limited': 'wait a little, or log in: many registries give more to those who do.',
    precondition: 'somebody else changed it meanwhile: look again, then repeat.',
    range: '',
    refused: '',
    unavailable: "that is the registry's trouble: try again later.",
    'broken-answer': 'is this the address of a registry?',
    'wrong-content': 'what came is not what its digest says, and was thrown away. Tell whoever runs the registry.',
  },
  storeErrors: {
    newer: 'start the newer version, or choose another folder with --data-root.',
    'read-only': 'check its owner, its mode and that the medium is not mounted read-only, or choose another folder with --data-root.',
    full: 'make room, for example with "naru image prune", or choose another folder with --data-root.',
    busy: 'another process works with it: try again.',
    foreign: 'choose another folder with --data-root.',
    damaged: 'check the system log, or choose another folder with --data-root.',
    'wrong-content': '',
    'not-found': '',
  },
  warnings: {
    'mirror-failed': ({ host, why }) => `mirror ${host}: ${why}`,
    'mirror-distrusted': ({ host }) => `mirror ${host} gave wrong content and is not asked any more`,
    'plain-http': ({ host }) =>
      `${host} speaks plain HTTP: whoever is on the way can eavesdrop on the traffic, layers and passwords can leak, and fake images can be served in its place. Better give it TLS.`,
    'registry-says': ({ host, text }) => `${host}: ${text}`,
    'helper-failed': ({ helper, usedInstead, why }) => `the credential helper ${helper} does not work, so ${usedInstead} is used instead: ${why}`,
  },
  settingsFile: 'docs/en/remote.md explains every setting; naru config ls shows them.',
  credentialsFile: 'it was left as it is. Mend it, move it away, or name another folder with --config.',
  copy: { exists: 'Already exists', mounted: 'Mounted', copied: 'Copied', targetIsTag: 'the target is a tag: its digest follows from the content' },
  index: {
    added: 'Added',
    byTag: 'an index is added to by its tag: its digest changes',
    platformForOne: '--platform says what one image is for: add the others without it',
  },
  remove: { sayWhat: (repository) => `say what to delete of ${repository}: a tag or a digest` },
  signing: {
    needsKey: 'say which image and which key: naru sign IMAGE --key cosign.key, naru verify IMAGE --key cosign.pub, or make a pair: naru sign --generate-key',
    password: 'Password of the private key: ',
    newPassword: 'Password for the private key: ',
    sayPassword: 'put the password of the private key into COSIGN_PASSWORD',
    exists: (prefix) => `${prefix}.key or ${prefix}.pub is there already, and was left as it is: choose another name with --output`,
    signed: (image) => `Signed ${image}`,
    keyErrors: {
      'not-a-key': 'this is no key of the kind that is needed: to sign, a private key as naru or cosign makes it; to verify, a public key in PEM',
      'wrong-password': 'the password of the private key is wrong, or the file is damaged',
      unsupported: 'the private key is locked in a way that is not known here',
    },
    notVerified: (image, results) =>
      results.length === 0
        ? `nobody has signed ${image}`
        : `no signature of ${image} is by this key (${results.map((result) => ({ wrong: 'of another key', 'other-digest': 'of another image', malformed: 'cannot be read' })[result] ?? result).join(', ')})`,
  },
  artifactTypeIsMediaType: 'an artifact type is a media type',
  noSettingsFile: 'there is no file yet: these are the defaults',
  settings: {
    oneValue: (key) => `${key} has one value`,
    noList: (key) => `${key} is no list: use naru config set, and naru config rm without a value`,
    notInList: (value, key) => `${value} is not in ${key}`,
  },
};
