import { JobError } from '../../errors'
import { input } from '../../inputs'
import { createRedactor } from '../../http/redact'
import { changeFiles, filesOf } from '../project/change-files'
import { planAuthentication } from './authentication'
import { baseUrlInput, checkedDestination, decide } from './decide'
import { fetchPage, inputsOfPage, readAddress } from './fetch-page'
import { changesOf, checkFree } from './job-files'
import { namesOf } from './names'
import { firstQuestions, furtherQuestions, missingOptions } from './questions'
import { surveyLines, surveyOf } from './survey'
import { withAnswer } from './wishes'
import type { RestSource } from '../../sources/rest/rest-options'
import type { ReadRequest } from '../../sources/source'
import type { PracticeShop, Terminal } from '../terminal'
import type { Beginning } from './decide'
import type { FetchedPage } from './fetch-page'
import type { FileChange } from '../project/change-files'
import type { JobPlan } from './job-plan'
import type { Question, Wishes } from './wishes'

/**
 * `new-job`: fetches one page, asks for what neither the page nor the options say, and writes the job with its test, its
 * trigger and its inputs. Writes all of it or nothing.
 * @throws JobError
 */
export async function newJob(given: Wishes, terminal: Terminal): Promise<void> {
  if (given.yes !== true && !terminal.ask) {
    throw new JobError(
      'params-invalid',
      'There is no terminal to ask questions at.',
      'Add --yes, and options for what has to be known: new-job --help.',
    )
  }
  const shop = given.practice === true ? await terminal.startPractice() : null
  try {
    await write(given, terminal, shop)
  } finally {
    await shop?.stop()
  }
}

async function write(given: Wishes, terminal: Terminal, shop: PracticeShop | null): Promise<void> {
  const practice: Wishes = shop ? { auth: 'oauth2', 'token-path': '/oauth/token', ...given } : given
  const wishes = await answered(practice, firstQuestions(practice), terminal)
  const names = namesOf(wishes.name ?? '')
  await checkFree(terminal.folder, names)
  const destination = checkedDestination(wishes)
  const beginning: Beginning = {
    names,
    address: readAddress(wishes.url ?? '', shop?.url),
    authentication: planAuthentication(names.prefix, baseUrlInput(names).name, wishes),
  }
  terminal.progress(`Asking ${beginning.address.base} for a page …`)
  const page = await fetched(beginning, wishes, terminal, shop).finally(() => terminal.progress(null))
  const survey = surveyOf(page, wishes)
  for (const line of surveyLines(survey)) terminal.say(line)
  const all = await answered(wishes, furtherQuestions(survey, destination, wishes), terminal)
  // A parameter of the pages may have been asked for.
  const plan = decide(beginning, surveyOf(page, all), all)
  const changes = await changesOf(plan, terminal)
  await confirm(changes, given, terminal)
  await changeFiles(terminal.folder, changes)
  terminal.print(
    given.json === true
      ? JSON.stringify({
          job: names.job,
          files: filesOf(changes),
          inputs: plan.inputs.map(({ name }) => name),
        })
      : report(plan, changes, shop !== null),
  )
}

async function answered(wishes: Wishes, questions: readonly Question[], terminal: Terminal): Promise<Wishes> {
  const { ask } = terminal
  if (wishes.yes === true || !ask) {
    const open = questions.filter(({ fallback }) => fallback === undefined)
    if (open.length > 0) throw missingOptions(open)
    return questions.reduce((all, question) => withAnswer(all, question, question.fallback ?? ''), wishes)
  }
  let all = wishes
  for (const question of questions) {
    const { text, fallback } = question
    const answer = (await ask(`${text}${fallback === undefined ? '' : ` [${fallback}]`}\n> `)).trim()
    if (answer === '' && fallback === undefined) throw missingOptions([question])
    all = withAnswer(all, question, answer === '' ? (fallback ?? '') : answer)
  }
  return all
}

async function fetched(
  { names, address, authentication }: Beginning,
  wishes: Wishes,
  { env, http, download, clock, random }: Terminal,
  shop: PracticeShop | null,
): Promise<FetchedPage> {
  const { 'from-param': from, 'to-param': to, start = '' } = wishes
  const baseUrl = input(baseUrlInput(names).name)
  const isRange = from !== undefined && to !== undefined && !Number.isNaN(Date.parse(start))
  const definition: RestSource = {
    baseUrl,
    path: address.path,
    query: address.query,
    ...(isRange ? { rangeParams: { from, to } } : {}),
    ...(authentication.definition ? { authentication: authentication.definition } : {}),
  }
  const api = `${names.prefix}_API`
  const credentials = shop
    ? { [`${api}_CLIENT_ID`]: shop.client.id, [`${api}_CLIENT_SECRET`]: shop.client.secret }
    : {}
  const redactor = createRedactor()
  const inputs = inputsOfPage(
    { ...env, ...credentials },
    { name: baseUrl.name, value: address.base },
    redactor.add,
  )
  const { signal } = new AbortController()
  const day = Date.parse(start)
  const range = isRange
    ? { from: new Date(day).toISOString(), to: new Date(day + 24 * 60 * 60_000).toISOString() }
    : null
  const request: ReadRequest = range ? { mode: 'sliced', range, signal } : { mode: 'full-refresh', signal }
  const context = { inputs, http, download, clock, random, learn: redactor.add, grants: undefined }
  return fetchPage(definition, context, request)
}

async function confirm(
  changes: readonly FileChange[],
  { yes }: Wishes,
  { ask, say }: Terminal,
): Promise<void> {
  if (yes === true || !ask) return
  say(['It writes:', ...changes.map(changeLine)].join('\n'))
  const answer = (await ask('Write it? [y]\n> ')).trim().toLowerCase()
  if (!['', 'y', 'yes'].includes(answer)) {
    throw new JobError('params-invalid', 'Nothing was written.', 'Run new-job again.')
  }
}

function changeLine({ path, before }: FileChange): string {
  return `  ${before === null ? 'new    ' : 'changed'}  ${path}`
}

function report(
  { names, address, sync, survey, inputs, mapping }: JobPlan,
  changes: readonly FileChange[],
  isPractice: boolean,
): string {
  const { job, constant } = names
  const set = inputs.map(({ name }) => `${name}=${name.endsWith('_API_BASE_URL') ? address.base : '…'}`)
  const next =
    survey.paging.kind === 'pages' ? survey.paging.text : 'There is one page: the answer names no other.'
  return [
    `The job ${job} is written.`,
    ...changes.map(changeLine),
    '',
    `Check in src/jobs/${job}.ts:`,
    `  · sync    ${sync.says}`,
    `  · pages   ${next}`,
    `  · record  The types of ${survey.records.length} records; a record of another form becomes a reject.`,
    `  · map     ${mapping.cells.map(({ column }) => column).join(', ')}`,
    `  · test    test/unit/jobs/${job}.test.ts has records of the source: no personal data may stay in it.`,
    '',
    ...(isPractice ? [] : ['Set in .env:', ...set.map((line) => `  ${line}`), '']),
    `Next: npm run job -- try ${job}${isPractice ? ' --practice' : ''}`,
    `Undo: npm run job -- remove-job ${job}`,
    `Its constant is ${constant}; its name, once it has run, is its identity.`,
  ].join('\n')
}
