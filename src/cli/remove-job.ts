import { JobError } from '../errors'
import { exampleFile, jobFile, listFile, testFile, textOf } from './new-job/job-files'
import { changeFiles, filesOf, readText } from './project/change-files'
import { removeFromExample } from './project/environment-example'
import { removeFromList } from './project/job-list'
import { removeFromManifest } from './project/manifest'
import { manifestFile } from './project/manifest-text'
import type { FileChange } from './project/change-files'
import type { Terminal } from './terminal'

/**
 * `remove-job`: takes a job out of this project, as completely as `new-job` puts one in. What is deployed stays, and the
 * commands that delete it are printed.
 * @throws JobError
 */
export async function removeJob(name: string, json: boolean, terminal: Terminal): Promise<void> {
  const { folder, format, jobs, print } = terminal
  const job = jobs.find((one) => one.name === name)
  if (!job) {
    throw new JobError(
      'job-unknown',
      `There is no job "${name}".`,
      `Jobs: ${jobs.map((one) => one.name).join(', ')}.`,
    )
  }
  const [list, manifest, example, source] = await Promise.all(
    [listFile, manifestFile, exampleFile, jobFile(name)].map((path) => textOf(folder, path)),
  )
  const others = jobs.filter((one) => one !== job).flatMap(({ inputNames }) => inputNames)
  const own = job.inputNames.filter((input) => !others.includes(input) && !isOfAdobe(input))
  const fromManifest = removeFromManifest(manifest ?? '', name, own)
  const test = await readText(folder, testFile(name))
  const changes: readonly FileChange[] = [
    { path: jobFile(name), before: source ?? '', after: null },
    ...(test === null ? [] : [{ path: testFile(name), before: test, after: null }]),
    {
      path: listFile,
      before: list ?? '',
      after: await format(listFile, removeFromList(list ?? '', name).text),
    },
    { path: manifestFile, before: manifest ?? '', after: fromManifest.text },
    { path: exampleFile, before: example ?? '', after: removeFromExample(example ?? '', own) },
  ]
  const real = changes.filter(({ before, after }) => before !== after)
  await changeFiles(folder, real)
  const { rules, triggers } = fromManifest
  print(
    json
      ? JSON.stringify({ job: name, files: filesOf(real), rules, triggers, unusedInputs: own })
      : reportOf(name, own, fromManifest),
  )
}

/** Inputs of the app, which no job brings along. */
function isOfAdobe(name: string): boolean {
  return /^(?:ANALYTICS|IMS|JWT)_/.test(name)
}

function reportOf(
  name: string,
  inputs: readonly string[],
  { triggers, rules }: ReturnType<typeof removeFromManifest>,
): string {
  const commands = [
    ...rules.map((rule) => `  aio rt rule delete ${rule}`),
    ...triggers.map((trigger) => `  aio rt trigger delete ${trigger}`),
  ]
  return [
    `The job ${name} is removed from this project.`,
    '',
    ...(commands.length === 0
      ? []
      : [
          'A deploy deletes nothing: where the job was deployed, its alarm still fires. Delete it:',
          ...commands,
          '',
        ]),
    `Its state stays in Files, under jobs/${name}/: a job of that name would carry on from it. Rows in Analytics stay.`,
    ...(inputs.length === 0
      ? []
      : [`No job reads these any more; take them out of .env: ${inputs.join(', ')}.`]),
  ].join('\n')
}
