import { refused } from './acceptance'
import { addLane } from './add-lane'
import { resolveBatch } from './resolve-batch'
import { resolveRejects } from './resolve-rejects'
import { skipSlice } from './skip-slice'
import type { RunContext } from '../run-context'
import type { Acceptance } from './acceptance'

/**
 * Writes the request into the state before anything is done about it, so that continuations need no parameters.
 * Returns what the report should say of it.
 * @throws JobError `params-invalid`
 */
export async function acceptRequest(context: RunContext): Promise<readonly string[]> {
  const acceptance = judgeRequest(context)
  if (!acceptance) return []
  await context.state.write(acceptance.change)
  context.log.info('Accepted a request.', { note: acceptance.note })
  return [acceptance.note]
}

function judgeRequest(context: RunContext): Acceptance | null {
  const { resolve, as, from, to, force } = context.request
  if (resolve === undefined) {
    return force || from !== undefined || to !== undefined ? addLane(context) : null
  }
  if (!as) throw refused('`resolve` needs `as`.', 'Add as=sent, as=resend or as=drop.')
  if (resolve === 'rejects') return resolveRejects(context, as)
  if (resolve.startsWith('slice-')) return skipSlice(context, resolve, as)
  return resolveBatch(context, resolve, as)
}
