import { cellLines } from './map-hits'
import { propertyName, quoted, schemaText } from './schema-text'
import type { JobPlan } from './job-plan'

/** The file of the job, before prettier. */
export function jobText(plan: JobPlan): string {
  const { names, survey, sync, mapping } = plan
  const { constant, schema, record, job } = names
  return [
    ...(mapping.helpers.length > 0 ? [`import { createHash } from 'node:crypto'`] : []),
    `import { ${importsOf(plan).join(', ')} } from '..'`,
    '',
    `const ${schema} = ${schemaText(survey.fields)}`,
    '',
    `/** ${sentenceOf(plan)} */`,
    `export const ${constant} = defineJob({`,
    `name: ${quoted(job)},`,
    sourceText(plan),
    `sync: ${sync.text},`,
    `record: ${schema},`,
    `map: (${record}) => ({`,
    cellLines(mapping.cells),
    '}),',
    `destination: ${mapping.destination},`,
    '})',
    ...mapping.helpers.map((helper) => `\n${helper}`),
    '',
  ].join('\n')
}

function sentenceOf({ address, sync }: JobPlan): string {
  return `Records of ${address.path}. ${sync.says}`.replaceAll('*/', '* /')
}

function importsOf({ authentication, survey, sync, mapping }: JobPlan): readonly string[] {
  const paginator = survey.paging.kind === 'pages' ? [survey.paging.name] : []
  const names = [
    ...['defineJob', 'input', 'restSource', 'z'],
    ...[...authentication.imports, ...sync.imports, ...mapping.imports, ...paginator],
  ]
  return [...new Set(names)].sort((one, other) => one.localeCompare(other, 'en'))
}

function sourceText({ names, address, authentication, survey, sync, paginator }: JobPlan): string {
  const query = Object.entries(address.query).map(
    ([name, value]) => `${propertyName(name)}: ${quoted(value)}`,
  )
  return [
    'source: restSource({',
    `baseUrl: input('${names.prefix}_API_BASE_URL'),`,
    `path: ${quoted(address.path)},`,
    ...(query.length > 0 ? [`query: { ${query.join(', ')} },`] : []),
    ...(sync.filter === null ? [] : [`${sync.filter},`]),
    `records: ${quoted(survey.path)},`,
    ...(paginator === null ? [] : [`paginator: ${paginator},`]),
    ...(authentication.text === null ? [] : [`authentication: ${authentication.text},`]),
    '}),',
  ].join('\n')
}
