import { JobError } from '../../errors'
import { addToExample } from '../project/environment-example'
import { addToList } from '../project/job-list'
import { addToManifest } from '../project/manifest'
import { manifestFile } from '../project/manifest-text'
import { readText } from '../project/change-files'
import { jobText } from './job-text'
import { testText } from './test-text'
import type { FileChange } from '../project/change-files'
import type { Terminal } from '../terminal'
import type { JobPlan } from './job-plan'
import type { JobNames } from './names'

export const listFile = 'src/jobs/index.ts'
export const exampleFile = '.env.example'
export const jobFile = (job: string) => `src/jobs/${job}.ts`
export const testFile = (job: string) => `test/unit/jobs/${job}.test.ts`

/** @throws JobError `params-invalid` where a file of that job exists */
export async function checkFree(folder: string, { job }: Pick<JobNames, 'job'>): Promise<void> {
  for (const path of [jobFile(job), testFile(job)]) {
    if ((await readText(folder, path)) !== null) {
      throw new JobError(
        'params-invalid',
        `${path} exists already; it is not overwritten.`,
        'Choose another --name.',
      )
    }
  }
}

/** @throws JobError `params-invalid` where a file of the project is not there */
export async function textOf(folder: string, path: string): Promise<string> {
  const text = await readText(folder, path)
  if (text !== null) return text
  throw new JobError(
    'params-invalid',
    `${path} is not there.`,
    'Run the command in the folder of the project.',
  )
}

/** The files of a new job, and those that list it. */
export async function changesOf(
  plan: JobPlan,
  { folder, format }: Pick<Terminal, 'folder' | 'format'>,
): Promise<readonly FileChange[]> {
  const { names, inputs, mapping, alarm, cron, minutes } = plan
  const { job, constant } = names
  const [list, manifest, example] = await Promise.all(
    [listFile, manifestFile, exampleFile].map((path) => textOf(folder, path)),
  )
  const added = {
    ...{ job, alarm, cron, minutes },
    inputs: inputs.map(({ name }) => name),
    destinationInputs: mapping.inputs.map(({ name }) => name),
  }
  const written = (path: string, text: string) => format(path, text)
  return [
    { path: jobFile(job), before: null, after: await written(jobFile(job), jobText(plan)) },
    { path: testFile(job), before: null, after: await written(testFile(job), testText(plan)) },
    {
      path: listFile,
      before: list ?? '',
      after: await written(listFile, addToList(list ?? '', job, constant)),
    },
    { path: manifestFile, before: manifest ?? '', after: addToManifest(manifest ?? '', added) },
    { path: exampleFile, before: example ?? '', after: addToExample(example ?? '', job, inputs) },
  ]
}
