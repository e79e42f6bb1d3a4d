import type { Removal } from './removal'

/** What the watchdog tells, and when. */
export const alertRemovals: readonly Removal[] = [
  {
    safeguard: 'a condition that lasts is told once',
    file: 'src/alerts/changes.ts',
    find: 'if (isNews(condition, before?.subjects ?? []))',
    replace: 'if (condition.subjects.length >= 0)',
  },
  {
    safeguard: 'a condition that is over is told',
    file: 'src/alerts/changes.ts',
    find: "changes.push({ kind: 'recovered', of: kind, since: before.since })",
    replace: '',
  },
  {
    safeguard: 'a snapshot changes only the conditions that it speaks of',
    file: 'src/alerts/changes.ts',
    find: 'for (const kind of speaksOf)',
    replace: 'for (const kind of ConditionKind.options)',
  },
  {
    safeguard: 'a failure that came and went between two looks is told',
    file: 'src/alerts/conditions.ts',
    find: 'found && !isFirst ? unseen(found.content.reports, seen) : []',
    replace: 'found && !isFirst ? [] : []',
  },
  {
    safeguard: 'the first look tells no history',
    file: 'src/alerts/conditions.ts',
    find: 'found && !isFirst ? unseen(found.content.reports, seen) : []',
    replace: 'found ? unseen(found.content.reports, seen) : []',
  },
  {
    safeguard: 'a state that is gone is told',
    file: 'src/alerts/conditions.ts',
    find: 'if (!found && seen) {',
    replace: "if (!found && seen && name === '') {",
  },
  {
    safeguard: 'runs that were not looked at are reported',
    file: 'src/alerts/conditions.ts',
    find: 'oldest.startedAt > seen.endedAt',
    replace: 'oldest.startedAt > seen.endedAt && false',
  },
  {
    safeguard: 'work that no run takes up is told (silence)',
    file: 'src/alerts/silence.ts',
    find: '> missedPeriods * everyMinutes * 60_000 ?',
    replace: '> Infinity ?',
  },
  {
    safeguard: 'one missed alarm is no silence',
    file: 'src/alerts/silence.ts',
    find: 'missedPeriods * everyMinutes',
    replace: '0 * everyMinutes',
  },
  {
    safeguard: 'a job at work is not silent',
    file: 'src/alerts/silence.ts',
    find: ' || (found && isLeaseHeld(found, storeNow, leaseTtlMs))',
    replace: '',
  },
  {
    safeguard: 'a job that waits for a person is not silent',
    file: 'src/alerts/silence.ts',
    find: 'waitingPlan(document) || ',
    replace: '',
  },
  {
    safeguard: 'two watchdogs do not work at once',
    file: 'src/alerts/claim.ts',
    find: 'if (held && storeClock.now() < held.until) return null',
    replace: '',
  },
  {
    safeguard: 'a watchdog that lost its claim ends',
    file: 'src/alerts/claim.ts',
    find: 'if (!(await swap({ ...content, ...change, write: newId() }))) throw takenOver()',
    replace: 'await swap({ ...content, ...change, write: newId() })',
  },
  {
    safeguard: 'a damaged file of the watchdog is told',
    file: 'src/alerts/claim.ts',
    find: 'if (found?.content === null) content =',
    replace: "if (found?.content === null && channel === '') content =",
  },
  {
    safeguard: 'another channel is told all that holds',
    file: 'src/alerts/claim.ts',
    find: 'if (content.channel === channel) return content',
    replace: "if (content.channel !== '') return { ...content, channel }",
  },
  {
    safeguard: 'messages are stored together with what they tell (write-ahead)',
    file: 'src/alerts/watch.ts',
    find: 'await mine.save({ names: found, toTell: [...toTell, ...alerts] })',
    replace: 'await mine.save({ toTell: [...toTell, ...alerts] })',
  },
  {
    safeguard: 'nothing new is looked for while too many messages wait',
    file: 'src/alerts/watch.ts',
    find: 'toTell.length >= mostWaiting',
    replace: 'toTell.length >= Infinity',
  },
  {
    safeguard: 'a message is kept until its receiver acknowledges it',
    file: 'src/alerts/tell-all.ts',
    find: 'const telling = await tell(alert)',
    replace:
      'await mine.save({ toTell: mine.content.toTell.filter(({ id }) => id !== alert.id) })\n    const telling = await tell(alert)',
  },
  {
    safeguard: 'Retry-After of the webhook is waited for',
    file: 'src/alerts/tell-all.ts',
    find: 'if (toTell.length > 0 && mine.storeNow() < notBefore) return later(0, notBefore)',
    replace: 'void notBefore',
  },
  {
    safeguard: 'no message is sent that could outlast the claim',
    file: 'src/alerts/tell-all.ts',
    find: 'if (!mine.isMine(tellTimeoutMs + reserveMs))',
    replace: 'if (!mine.isMine(0 * (tellTimeoutMs + reserveMs)))',
  },
  {
    safeguard: 'a message that is refused does not block the others',
    file: 'src/alerts/tell-all.ts',
    find: "telling.kind === 'unanswered' || telling.all",
    replace: "telling.kind !== ('' as string)",
  },
  {
    safeguard: 'a webhook that takes nothing is asked once a tick',
    file: 'src/alerts/tell-all.ts',
    find: "telling.kind === 'unanswered' || telling.all",
    replace: "telling.kind === ('' as string)",
  },
  {
    safeguard: 'secrets are hidden in alerts',
    file: 'src/alerts/alert.ts',
    find: 'withoutControls(redact(value))',
    replace: 'withoutControls(value)',
  },
  {
    safeguard: 'a redirect of the webhook is no acknowledgement',
    file: 'src/alerts/webhook.ts',
    find: 'status >= 200 && status < 300',
    replace: 'status >= 200 && status < 400',
  },
  {
    safeguard: 'a message is signed',
    file: 'src/alerts/webhooks/signed.ts',
    find: "createHmac('sha256', key)",
    replace: "createHmac('sha256', key.subarray(0, 0))",
  },
  {
    safeguard: 'a misspelt name among the periods is reported',
    file: 'src/alerts/targets.ts',
    find: '.filter((name) => !known.includes(name))',
    replace: ".filter((name) => !known.includes(name) && name === '')",
  },
  {
    safeguard: 'jobs of every linked organisation are watched',
    file: 'src/alerts/targets.ts',
    find: 'const all = [...own, ...ofTenants]',
    replace: 'const all = [...own, ...ofTenants.slice(0, 0)]',
  },
]
