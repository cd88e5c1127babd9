/** To the terminal, and not returned from before it is there: the program ends by `process.exit`. */
export function print(text: string): Promise<void> {
  return write(process.stdout, text);
}

export function printError(text: string): Promise<void> {
  return write(process.stderr, text);
}

export function printProblem(line: string): Promise<void> {
  return write(process.stderr, `naru: ${line}\n`);
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    // Whoever closed the other end, like `naru help | head -1`, has read enough.
    const onError = () => resolve();
    stream.once('error', onError);
    stream.write(text, (error) => {
      // A failed write says so twice: the listener stays for the second time.
      if (!error) stream.off('error', onError);
      resolve();
    });
  });
}
