import { answers } from './answers'
import { listOf } from './page'
import type { Reply } from '../../emulator'
import type { Activations } from './activations'

/** `GET activations`, newest first, `GET activations/{id}`, and its `/result` and `/logs`. */
export function activationRoute(
  activations: Activations,
  [id = '', part]: readonly string[],
  query: URLSearchParams,
): Reply {
  if (id === '') return { status: 200, body: list(activations, query) }
  const activation = activations.find(id)
  if (!activation) return answers.missing
  if (part === 'result') return { status: 200, body: activation.response }
  if (part === 'logs') return { status: 200, body: { logs: activation.logs } }
  return { status: 200, body: activation }
}

function list({ finished }: Activations, query: URLSearchParams): object {
  const since = Number(query.get('since') ?? 0)
  const upto = Number(query.get('upto') ?? Infinity)
  const name = query.get('name')?.split('/').at(-1)
  const matching = finished
    .filter(({ start }) => start >= since && start <= upto)
    .filter((activation) => name === undefined || activation.name === name)
    .reverse()
  const withDetails = query.get('docs') === 'true'
  const shown = matching.map(({ response, logs, ...summary }) => ({
    ...summary,
    statusCode: response.statusCode,
    ...(withDetails ? { response, logs } : {}),
  }))
  return listOf('activations', shown, query)
}
