import * as author from '../..'
import { JobError } from '../../errors'

/** The names by which a job is known in its files. */
export interface JobNames {
  /** `web-orders` */
  readonly job: string
  /** The exported constant: `webOrders`. */
  readonly constant: string
  /** The constant of the schema: `WebOrder`. */
  readonly schema: string
  /** The parameter of `map`: `webOrder`. */
  readonly record: string
  /** The beginning of its inputs: `WEB_ORDERS`. */
  readonly prefix: string
}

const reserved = new Set([
  ...['break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else'],
  ...['enum', 'export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'implements', 'import', 'in'],
  ...['instanceof', 'interface', 'let', 'new', 'null', 'package', 'private', 'protected', 'public', 'return'],
  ...['static', 'super', 'switch', 'this', 'throw', 'true', 'try', 'typeof', 'var', 'void', 'while', 'with'],
  ...['yield', 'await', 'async', 'arguments', 'eval', 'undefined', 'jobs', 'records', 'createHash'],
  ...['it', 'expect', 'test', 'describe', 'jobRows', 'visitorOf'],
]) // prettier-ignore

/** @throws JobError `params-invalid` where the name cannot be that of a job */
export function namesOf(job: string): JobNames {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(job) || job.length > 63) {
    throw new JobError(
      'params-invalid',
      `"${job}" cannot be the name of a job.`,
      'Use lower case letters, digits and single dashes, beginning with a letter: --name web-orders.',
    )
  }
  const constant = free(
    job.replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase()),
    'Job',
  )
  const singular = constant.replace(/ies$/, 'y').replace(/([^s])s$/, '$1')
  const record = singular === constant ? `${constant}Record` : free(singular, 'Record')
  return {
    job,
    constant,
    schema: `${record.charAt(0).toUpperCase()}${record.slice(1)}`,
    record,
    prefix: job.toUpperCase().replaceAll('-', '_'),
  }
}

/** A name that neither the language nor an import of the job's files takes. */
function free(name: string, ending: string): string {
  return reserved.has(name) || Object.hasOwn(author, name) ? `${name}${ending}` : name
}
