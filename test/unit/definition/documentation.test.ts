import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ts from 'typescript'
import * as author from '../../../src'
import { compile } from '../../fixtures/compile'

const root = join(__dirname, '..', '..', '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const documentation = read('docs/jobs.md')

/** Text below a heading of the second level. */
function section(title: string): string {
  return documentation.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
}

/** Options that a section explains: its headings, and those of the shared section that it names after `Also`. */
function documented(title: string): string[] {
  const text = section(title)
  const headings = [...text.matchAll(/^### `(\w+)`$/gm)]
  const shared = [...(/^Also \[(.*)\]/m.exec(text)?.[1] ?? '').matchAll(/`(\w+)`/g)]
  return [...headings, ...shared].map(([, name = '']) => name)
}

function membersOf(path: string, name: string): string[] {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest)
  const declaration = file.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  ) as ts.InterfaceDeclaration
  return declaration.members.map((member) => (member.name as ts.Identifier).text)
}

describe('docs/jobs.md', () => {
  it.each([
    ['`defineJob`', 'src/definition/define-job.ts', 'JobDefinition'],
    ['`incremental`', 'src/definition/incremental.ts', 'IncrementalOptions'],
    ['`sliced`', 'src/definition/sliced.ts', 'SlicedOptions'],
    ['`fullRefresh`', 'src/definition/full-refresh.ts', 'FullRefreshOptions'],
    ['`join`', 'src/definition/join.ts', 'JoinOptions'],
    ['Cursors', 'src/definition/cursors.ts', 'InstantOptions'],
    ['`restSource`', 'src/sources/rest/rest-options.ts', 'RestSource'],
    ['`childSource`', 'src/sources/rest/child-options.ts', 'ChildSource'],
    ['`fileSource`', 'src/sources/files/file-source.ts', 'FileSource'],
    ['`exportSource`', 'src/sources/exports/export-options.ts', 'ExportSource'],
    [
      '`bulkDataInsertion`',
      'src/destinations/bulk-data-insertion/bulk-data-insertion.ts',
      'BulkDataInsertion',
    ],
    ['`classifications`', 'src/destinations/classifications/classifications.ts', 'Classifications'],
    ['`dataSources`', 'src/destinations/data-sources/data-sources.ts', 'DataSources'],
  ])('explains every option of %s, and no other', (title, path, name) => {
    expect(documented(title).sort()).toEqual(membersOf(path, name).sort())
  })

  it.each([
    ['nextToken', 'src/sources/paginators/next-token.ts', 'NextTokenOptions'],
    ['pageNumber', 'src/sources/paginators/page-number.ts', 'PageNumberOptions'],
    ['offset', 'src/sources/paginators/offset.ts', 'OffsetOptions'],
    ['lastRecord', 'src/sources/paginators/last-record.ts', 'LastRecordOptions'],
    ['linkHeader', 'src/sources/paginators/link-header.ts', 'LinkHeaderOptions'],
    ['nextUrl', 'src/sources/paginators/next-url.ts', 'NextUrlOptions'],
  ])('shows every option of the paginator %s', (name, path, options) => {
    const shown = new RegExp(`\`${name}\\(\\{ (.*?) \\}\\)\``).exec(section('Paginators'))?.[1] ?? ''

    expect(shown.split(', ').map((option) => option.replace('?', ''))).toEqual(membersOf(path, options))
  })

  it.each([
    ['apiKey', 'src/sources/authentication/api-key.ts', 'ApiKey'],
    ['basic', 'src/sources/authentication/basic.ts', 'Basic'],
    ['bearer', 'src/sources/authentication/bearer.ts', 'Bearer'],
    ['hmac', 'src/sources/authentication/hmac.ts', 'Hmac'],
    ['awsSignature', 'src/sources/authentication/aws-signature.ts', 'AwsSignature'],
    ['googleServiceAccount', 'src/auth/oauth2/google-service-account.ts', 'GoogleServiceAccount'],
    ['clientCredentials', 'src/auth/oauth2/client-credentials.ts', 'ClientCredentials'],
  ])('shows every option of the authentication %s', (name, path, options) => {
    const table = read('docs/authentication.md')
    const shown = new RegExp(`\`${name}\\(\\{ (.*?) \\}\\)\``).exec(table)?.[1] ?? ''

    expect(shown.split(/, | \\\| /).map((option) => option.replace('?', ''))).toEqual(
      membersOf(path, options),
    )
  })

  it.each([
    ['Stores', 's3', 'src/sources/files/s3.ts', 'S3Options'],
    ['Stores', 'azureBlob', 'src/sources/files/azure-blob.ts', 'AzureBlobOptions'],
    ['Stores', 'sftp', 'src/sources/files/sftp.ts', 'SftpOptions'],
    ['Stores', 'httpsFile', 'src/sources/files/https-file.ts', 'HttpsFileOptions'],
    ['Decoders', 'json', 'src/sources/decoders/json.ts', 'JsonOptions'],
    ['Decoders', 'jsonLines', 'src/sources/decoders/json-lines.ts', 'JsonLinesOptions'],
    ['Decoders', 'csv', 'src/sources/decoders/csv.ts', 'CsvOptions'],
    ['Decoders', 'xml', 'src/sources/decoders/xml.ts', 'XmlOptions'],
    ['Decoders', 'zip', 'src/sources/decoders/zip.ts', 'ZipOptions'],
  ])('%s: shows every option of %s', (title, name, path, options) => {
    const shown = new RegExp(`\`${name}\\((?:decoder, )?\\{ (.*?) \\}\\)\``).exec(section(title))?.[1] ?? ''

    expect(shown.split(', ').map((option) => option.replace('?', ''))).toEqual(membersOf(path, options))
  })

  it.each([
    ['fileSource', 'pick', 'src/sources/files/pick.ts', 'PickOptions'],
    ['exportSource', 'days', 'src/sources/exports/export-options.ts', 'ExportDays'],
    ['exportSource', 'create', 'src/sources/exports/export-options.ts', 'ExportCreation'],
    ['exportSource', 'poll', 'src/sources/exports/export-options.ts', 'ExportPoll'],
  ])('%s: explains every option of %s', (title, part, path, options) => {
    const text = section(`\`${title}\``).split(`### \`${part}\``)[1]?.split('\n### ')[0] ?? ''
    for (const option of membersOf(path, options)) expect(text).toContain(`\`${option}\``)
  })

  it('explains the shared options that a section refers to', () => {
    const shared = documented('Shared options')
    for (const title of ['`incremental`', '`sliced`', '`fullRefresh`']) {
      const named = /^Also \[(.*)\]/m.exec(section(title))?.[1] ?? ''
      for (const [, name] of named.matchAll(/`(\w+)`/g)) expect(shared).toContain(name)
    }
  })

  it('names everything that a job file can import', () => {
    const everything = documentation + read('docs/authentication.md')
    const missing = Object.keys(author).filter((name) => !new RegExp(`\\b${name}\\b`).test(everything))

    expect(missing).toEqual([])
  })
})

describe('an example of a job', () => {
  /** On line 0, where errors are not the example's. */
  const imports = `import { ${Object.keys(author).join(', ')} } from '..'`
  const examples = ['README.md', 'docs/jobs.md', 'docs/migrations.md'].flatMap((document) =>
    [...read(document).matchAll(/```ts\n(.*?)```/gs)].map(([, code = ''], index) => ({
      name: `${document}, example ${index + 1}`,
      path: `src/jobs/${document.replace(/\W/g, '-')}-${index}.ts`,
      code: code.startsWith('import ') ? `\n${code}` : `${imports}\n${code}`,
    })),
  )
  const errors = compile(Object.fromEntries(examples.map(({ path, code }) => [path, code])))

  it.each(examples.map(({ name, path }) => [name, path] as const))('in %s compiles', (_name, path) => {
    expect(errors.get(path)?.filter(({ line }) => line > 0)).toEqual([])
  })

  it('is in the README and in every part of the documentation that promises one', () => {
    expect(examples.map(({ name }) => name)).toContain('README.md, example 1')
    expect(examples.length).toBeGreaterThanOrEqual(8)
  })
})
