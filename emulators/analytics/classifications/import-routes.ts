import { randomUUID } from 'node:crypto'
import { filePart } from '../multipart'
import { readImport, readJsonRecords } from './import-file'
import { badRequest, notFound, org, tooBig } from './replies'
import type { LoggedRequest, Reply } from '../../emulator'
import type { Memory } from '../../memory'
import type { ClassificationSet } from './classification-sets'
import type { Jobs } from './jobs'

/** A job that was created for an upload: CREATED, then FILE_UPLOADED, then committed. */
interface ApiJob {
  readonly set: ClassificationSet
  readonly options: { readonly dataFormat?: string; readonly jobName?: string }
  file: Buffer | null
  isCommitted: boolean
}

interface ImportRoutes {
  readonly answer: (request: LoggedRequest, step: string, id: string) => Reply
  readonly memory: Memory
}

/** `POST job/import/…`: the import of JSON, and the three steps of the import of a file. */
export function createImportRoutes(
  jobs: Pick<Jobs, 'import'>,
  knobs: { readonly importLimit: number },
  withSet: (id: string, then: (set: ClassificationSet) => Reply) => Reply,
): ImportRoutes {
  const apiJobs = new Map<string, ApiJob>()

  function importJson(set: ClassificationSet, { body }: LoggedRequest): Reply {
    if (body.length > knobs.importLimit) return tooBig()
    const { data = [], ...options } = JSON.parse(body.toString()) as ApiJob['options'] & { data?: unknown[] }
    if (options.dataFormat !== 'json') return badRequest('The dataFormat is not JSON')
    const read = readJsonRecords(data, set.columns)
    const job = jobs.import(set, options.jobName ?? '', options, read, body.length)
    return { status: 200, body: { import_job_id: job.jobId, api_job_id: randomUUID() } }
  }

  function createApiJob(set: ClassificationSet, { body }: LoggedRequest): Reply {
    const options = JSON.parse(body.toString()) as ApiJob['options']
    if (!['tsv', 'tab', 'csv', 'json'].includes(options.dataFormat ?? ''))
      return badRequest('Invalid dataFormat')
    const id = randomUUID()
    apiJobs.set(id, { set, options, file: null, isCommitted: false })
    const created = { api_job_id: id, dataset_id: set.id, ims_org_id: org, api_job_status: 'CREATED' }
    return { status: 200, body: { ...created, job_options: options } }
  }

  function uploadFile(id: string, apiJob: ApiJob, request: LoggedRequest): Reply {
    const file = filePart(request)
    if (!file) return badRequest("Required request part 'file' is not present")
    if (file.length > knobs.importLimit) return tooBig()
    apiJob.file = file
    return { status: 200, body: { api_job_id: id, status: 'success' } }
  }

  function commitApiJob(id: string, apiJob: ApiJob): Reply {
    const { file, set, options } = apiJob
    if (!file || apiJob.isCommitted) {
      return badRequest(
        'The API job status is not FILE_UPLOADED, need to upload file first before commit the API job',
      )
    }
    apiJob.isCommitted = true
    const read = readImport(file, options.dataFormat ?? '', set.columns)
    const job = jobs.import(set, options.jobName ?? '', options, read, file.length)
    return { status: 200, body: { import_job_id: job.jobId, api_job_id: id } }
  }

  function answer(request: LoggedRequest, step: string, id: string): Reply {
    if (step === 'json') return withSet(id, (set) => importJson(set, request))
    if (step === 'createApiJob') return withSet(id, (set) => createApiJob(set, request))
    const apiJob = apiJobs.get(id)
    if (!apiJob) return notFound("The API Job Id doesn't exist in the IMS ORG")
    if (step === 'uploadFile') return uploadFile(id, apiJob, request)
    return step === 'commitApiJob' ? commitApiJob(id, apiJob) : { status: 404 }
  }

  return { answer, memory: { apiJobs } }
}
