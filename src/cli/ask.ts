import { createInterface } from 'node:readline/promises'
import { JobError } from '../errors'

/**
 * Asks a question and reads one line.
 * @throws JobError `params-invalid` where the input ends instead: without an answer, the program would end as if it had
 * succeeded
 */
export async function askAt(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string> {
  const lines = createInterface({ input, output })
  const ended = new Promise<never>((_resolve, reject) => {
    lines.once('close', () => {
      reject(
        new JobError(
          'params-invalid',
          'The input ended before an answer.',
          'Nothing was written. Run it again.',
        ),
      )
    })
  })
  try {
    return await Promise.race([lines.question(question), ended])
  } finally {
    lines.close()
  }
}
