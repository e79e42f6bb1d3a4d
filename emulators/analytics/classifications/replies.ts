import { randomUUID } from 'node:crypto'
import type { Reply } from '../../emulator'
import type { ClassificationSet } from './classification-sets'

export const org = '8C6767C25245AD1A0A490D4C@AdobeOrg'

export function shownSet({ id, name, columns, subscriptions }: ClassificationSet): Reply {
  const shown = columns.map((column, index) => ({
    column_id: String(index),
    name: column,
    display_name: column,
    type: 'text',
  }))
  return {
    status: 200,
    body: {
      ...{ name, description: name, default_list_delimiter: ',', default_encoding: 'UTF8', columns: shown },
      subscriptions: subscriptions.map((one) => ({ ...one, unique: true, editable: true })),
      ...{
        notifications: [],
        dataset_id: id,
        ims_org_id: org,
        owner: { name: 'Owner', email: 'owner@example.com' },
      },
    },
  }
}

export function template({ columns }: ClassificationSet, query: URLSearchParams): Reply {
  const format = query.get('format') ?? 'tsv'
  if (format !== 'tsv' && format !== 'csv')
    return badRequest('Not a valid template format, must be csv or tsv')
  return { status: 200, body: `${['Key', ...columns].join(format === 'csv' ? ',' : '\t')}\n` }
}

function failure(status: number, errorCode: string, errorDescription: string): Reply {
  return { status, body: { errorCode, errorDescription, errorId: randomUUID() } }
}
export const badRequest = (text: string) => failure(400, 'invalid_data', text)
export const notFound = (text: string) => failure(404, 'resource_not_found', text)
export const tooBig = () => badRequest('The upload file is too big, the limitation is 50 MB')
