/** A failure of the command line itself for which Docker's command line has the whole line. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
}
