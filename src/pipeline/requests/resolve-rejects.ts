import { refused } from './acceptance'
import type { Resolution } from '../holds'
import type { RunContext } from '../run-context'
import type { Acceptance } from './acceptance'

/** Tries all rejects again as a lane of their own, or gives them up. */
export function resolveRejects({ state }: RunContext, as: Resolution): Acceptance {
  const { document } = state
  const count = document.rejects.reduce((sum, segment) => sum + segment.count, 0)
  if (count === 0) throw refused('There are no rejects.', 'Nothing to do.')
  if (as === 'sent') throw refused('Rejects were never sent.', 'Use as=resend or as=drop.')
  if (as === 'drop') {
    return {
      note: `${count} rejects were dropped.`,
      change: (before) => ({
        ...before,
        rejects: [],
        sweep: [...before.sweep, ...before.rejects.map(({ run }) => run)],
      }),
    }
  }
  const name = `replay-${document.commits + 1}`
  return {
    note: `${count} rejects are tried again as ${name}.`,
    change: (before) => ({
      ...before,
      lanes: [
        ...before.lanes,
        { name, kind: 'replay', from: 0, to: 0, doneTo: null, cursor: null, generation: 0 },
      ],
    }),
  }
}
