import { createClassificationSets } from './classification-sets'
import { exportFault, exportFiles } from './exports'
import { createImportRoutes } from './import-routes'
import { createJobs } from './jobs'
import { badRequest, notFound, org, shownSet, template } from './replies'
import type { LoggedRequest, Reply } from '../../emulator'
import type { ClassificationSet, ClassificationSets, ImportRecord } from './classification-sets'
import type { ExportKnobs, ExportOptions } from './exports'
import type { Job, JobKnobs } from './jobs'

/** Options for behaviour that Adobe does not document, and for limits that a test wants smaller. */
export interface ClassificationsKnobs extends JobKnobs, ExportKnobs {
  /** Which spelling of the path the service knows. */
  spelling: 'both' | 'classifications' | 'classification'
  /** Bytes of an import. */
  importLimit: number
}

export interface ClassificationsEmulator extends Omit<ClassificationSets, 'apply'> {
  readonly knobs: ClassificationsKnobs
  /** The values of a set after every import that has ended by now. */
  values(id: string): ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Lines of the imports of a set that have taken effect by now, in that order. */
  applied(id: string): readonly ImportRecord[]
  answer(request: LoggedRequest, pathname: string): Reply
}

const dayMs = 24 * 60 * 60_000
const spellings = /^\/api\/[^/]+\/(classifications?)\/(.*)$/

/** Says whether a path belongs to the Classifications API. */
export function isClassificationsPath(pathname: string): boolean {
  return spellings.test(pathname)
}

/**
 * Adobe Analytics, Classifications 2.0: sets by suite, imports as JSON and as file, jobs with clocks, exports.
 * @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/classifications/
 */
export function createClassifications(now: () => number): ClassificationsEmulator {
  const sets = createClassificationSets()
  const knobs: ClassificationsKnobs = {
    importMs: { validated: 0, processing: 0, completed: 0 },
    ...{ breaksNext: 0, brokenShare: 0, jobLagMs: 0, exportMs: 0 },
    ...{ spelling: 'both', importLimit: 50_000_000, exportPartRows: 50_000, deletedKeys: 'absent' },
  }
  const jobs = createJobs(sets, knobs, now)
  const imports = createImportRoutes(jobs, knobs, withSet)

  function answer(request: LoggedRequest, pathname: string): Reply {
    const [, spelling, path = ''] = spellings.exec(pathname) ?? []
    if (knobs.spelling !== 'both' && knobs.spelling !== spelling) return { status: 404 }
    jobs.advance()
    const query = new URL(request.url, 'http://analytics').searchParams
    const [first = '', second = '', third = '', fourth = '', fifth = ''] = path
      .split('/')
      .map(decodeURIComponent)
    const route = `${request.method} ${first} ${second}`
    if (route === 'GET datasets compatibilityMetrics') return compatibility(third)
    if (route === 'GET datasets template') return withSet(third, (set) => template(set, query))
    if (first === 'datasets' && request.method === 'GET') return withSet(second, shownSet)
    if (route === 'POST job import') return imports.answer(request, third, fourth)
    if (route === 'POST job export') return withSet(third, (set) => exportRequest(set, request))
    if (route === 'GET job export') return exportFile(fourth, fifth)
    if (route === 'GET job byDataset') return withSet(third, (set) => jobList(set, query))
    if (first === 'job' && request.method === 'GET') return withJob(second, shownJob)
    return { status: 404 }
  }

  const shownJob = (job: Job): Reply => ({ status: 200, body: jobs.show(job, org) })

  function withSet(id: string, then: (set: ClassificationSet) => Reply): Reply {
    const set = sets.find(id)
    return set ? then(set) : notFound("The dataset doesn't exist in the IMS ORG")
  }

  function withJob(id: string, then: (job: Job) => Reply): Reply {
    const job = jobs.find(id)
    return job ? then(job) : notFound('Cannot find job in the IMS ORG')
  }

  function compatibility(rsid: string): Reply {
    const found = sets.subscribedBy(rsid)
    if (found.length === 0) return notFound("The report suite doesn't exist in IMS ORG")
    const byDimension = new Map<string, string[]>()
    for (const { id, subscriptions } of found) {
      for (const one of subscriptions.filter((subscription) => subscription.rsid === rsid)) {
        const name = one.dimension.replace('variables/', '')
        byDimension.set(name, [...(byDimension.get(name) ?? []), id])
      }
    }
    const metrics = [...byDimension].map(([id, datasets]) => ({ id: [id], datasets }))
    return { status: 200, body: { report_suite_id: rsid, metrics } }
  }

  function jobList(set: ClassificationSet, query: URLSearchParams): Reply {
    const days = Number(query.get('lookbackDays') ?? 30)
    const [page, size] = [Number(query.get('page') ?? 0), Number(query.get('size') ?? 10)]
    const all = jobs.ofSet(set.id, now() - days * dayMs)
    const content = all.slice(page * size, (page + 1) * size).map((job) => jobs.show(job, org))
    const totalPages = Math.ceil(all.length / size)
    const counts = { totalPages, totalElements: all.length, numberOfElements: content.length }
    return {
      status: 200,
      body: { content, page, size, ...counts, first: page === 0, last: page + 1 >= totalPages },
    }
  }

  function exportRequest(set: ClassificationSet, { body }: LoggedRequest): Reply {
    const options = JSON.parse(body.toString() || '{}') as ExportOptions & { jobName?: string }
    const fault = exportFault(options, set)
    return fault ? badRequest(fault) : shownJob(jobs.export(set, options.jobName ?? '', options))
  }

  function exportFile(id: string, name: string): Reply {
    return withJob(id, (job) => {
      if (job.type !== 'export' || job.createdAt + 7 * dayMs < now())
        return notFound('Cannot find job in the IMS ORG')
      if (!jobs.isCompleted(job))
        return badRequest('The export job is not complete and the file is not ready to download')
      const files = exportFiles(job.set, job.options, knobs, now())
      if (name === 'list') return { status: 200, body: { count: files.size, files: [...files.keys()] } }
      const text = name === '' ? [...files.values()].join('') : files.get(name)
      return text === undefined ? notFound('Cannot find job in the IMS ORG') : { status: 200, body: text }
    })
  }

  return {
    add: (set) => sets.add(set),
    extend: (id, columns) => {
      sets.extend(id, columns)
    },
    memory: { ...sets.memory, ...jobs.memory, ...imports.memory },
    find: (id) => sets.find(id),
    subscribedBy: (rsid) => sets.subscribedBy(rsid),
    knobs,
    values(id) {
      jobs.advance()
      return sets.find(id)?.values ?? new Map()
    },
    applied: (id) => jobs.applied(id),
    answer,
  }
}
