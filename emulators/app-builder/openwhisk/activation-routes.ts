import { answers } from './answers'
import { pageOf } from './page'
import type { Reply } from '../../emulator'
import type { Activations } from './activations'

/** `GET activations`, newest first, and `GET activations/{id}`, `…/result` and `…/logs`. */
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

function list({ finished }: Activations, query: URLSearchParams): object[] {
  const since = Number(query.get('since') ?? 0)
  const name = query.get('name')?.split('/').at(-1)
  const matching = finished
    .filter(({ start }) => start >= since)
    .filter((activation) => name === undefined || activation.name === name)
    .reverse()
  return pageOf(matching, query).map(({ response, logs, ...summary }) => ({
    ...summary,
    statusCode: response.statusCode,
    ...(query.get('docs') === 'true' ? { response, logs } : {}),
  }))
}
