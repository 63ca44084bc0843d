import { writeSync } from 'node:fs'

/** Where a command writes: stdout and stderr of the process, or a test's buffers. */
export interface Output {
  out: (text: string) => void
  err: (text: string) => void
}

/**
 * Writes at once, without buffers that an exit could lose. Whoever reads may be gone (a closed pipe): a deployment must
 * finish and unlock all the same, so write errors are dropped on purpose.
 */
function write (descriptor: number, text: string): void {
  let rest = Buffer.from(text)
  let waits = 0
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      // A full non-blocking pipe answers EAGAIN: wait a little for its reader, then give the text up.
      if (!isAgain(error) || waits++ > 200) return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

const isAgain = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EAGAIN'

export const processOutput: Output = {
  out: (text) => write(1, text),
  err: (text) => write(2, text)
}
