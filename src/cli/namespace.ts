import { JobError } from '../errors'
import type { Namespace } from '../app-builder/namespace'

/** The package of the actions in ext.config.yaml. */
const packageName = 'analytics-ingest'

/**
 * Reads the namespace as `aio app use` and `npm run local` name it, in either case.
 * @throws JobError `input-missing`
 */
export function readNamespace(env: Readonly<Record<string, string | undefined>>): Namespace {
  const read = (name: string) => env[`AIO_runtime_${name}`] ?? env[`AIO_RUNTIME_${name.toUpperCase()}`] ?? ''
  const [name, auth] = [read('namespace'), read('auth')]
  if (name === '' || auth === '') {
    throw new JobError(
      'input-missing',
      'The namespace that the actions are deployed to is not known: AIO_runtime_namespace or AIO_runtime_auth is unset.',
      'Use `aio app use`, which writes them to .env; or `npm run local` in another terminal, and paste its `export` lines.',
    )
  }
  const host = read('apihost') || 'adobeioruntime.net'
  const apiHost = (/^https?:/.test(host) ? host : `https://${host}`).replace(/\/+$/, '')
  return { apiHost, name, packageName, auth }
}
