import * as z from 'zod'
import { parseOptions } from '../../options'
import { bodyFault } from './body-fault'
import { innerType } from './gzip'
import { zipEntries } from './zip-entries'
import type { Body, Decoded, Decoder } from './decoder'

export interface ZipOptions {
  /** The files to read, one after the other, such as `*.csv`; `*` is any text. Default: the only one. */
  readonly files?: string
}

const Options = z.strictObject({ files: z.string().min(1, 'must not be empty').optional() })

/** A zip of files of one format; sizes and checksums are verified. */
export function zip(inner: Decoder, options: ZipOptions = {}): Decoder {
  const { files } = options
  return {
    kind: `zip(${files === undefined ? '' : `${JSON.stringify(files)}, `}${inner.kind})`,
    accept: 'application/zip',
    faults: [...parseOptions('zip', Options, options).faults, ...inner.faults],
    decode(body) {
      let last: Decoded | null = null
      const records = recordsOf(body, inner, files, (decoded) => (last = decoded))
      return { records, envelope: () => null, fields: () => last?.fields?.() ?? null }
    },
  }
}

async function* recordsOf(
  body: Body,
  inner: Decoder,
  files: string | undefined,
  begin: (decoded: Decoded) => void,
) {
  const wanted = files === undefined ? null : globOf(files)
  let read = 0
  for await (const { name, bytes } of zipEntries(body)) {
    if (wanted && !wanted.test(name)) continue
    read += 1
    if (!wanted && read > 1) throw bodyFault(body, 'is a zip of several files, and the decoder names none')
    const decoded = inner.decode({ bytes, contentType: innerType(body), place: body.place })
    begin(decoded)
    yield* decoded.records
  }
  if (read === 0)
    throw bodyFault(body, files === undefined ? 'is a zip without a file' : `is a zip without ${files}`)
}

function globOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 's')
}
