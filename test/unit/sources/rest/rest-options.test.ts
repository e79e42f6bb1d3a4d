import { input } from '../../../../src/inputs'
import { destinationSdkOAuth2 } from '../../../../src/auth/oauth2'
import { nextToken } from '../../../../src/sources/paginators/next-token'
import { offset } from '../../../../src/sources/paginators/offset'
import { pageNumber } from '../../../../src/sources/paginators/page-number'
import { inBody, inPath } from '../../../../src/sources/rest/place'
import { jsonBody } from '../../../../src/sources/rest/request-body'
import { restSource } from '../../../../src/sources/rest/rest-source'
import type { RestSource } from '../../../../src/sources/rest/rest-options'

const base = { baseUrl: input('API_BASE_URL'), path: '/v1/things', records: 'data' }
const range = { from: 'after', to: 'before' }
/** As JavaScript sees it. */
const untyped = restSource as (definition: object) => ReturnType<typeof restSource>

describe('the capabilities of a restSource', () => {
  it.each<[string, Partial<RestSource>, object]>([
    ['no filter', {}, { capabilities: [], bringsMore: false }],
    ['sinceParam', { sinceParam: 'since' }, { capabilities: ['since'], bringsMore: false }],
    ['rangeParams', { rangeParams: range }, { capabilities: ['range'], bringsMore: false }],
    [
      'both filters',
      { sinceParam: 'since', rangeParams: range },
      { capabilities: ['since', 'range'], bringsMore: false },
    ],
  ])('follow from %s', (_what, filters, expected) => {
    expect(untyped({ ...base, ...filters })).toMatchObject({ ...expected, faults: [] })
  })

  it('are those of both filters where this app filters, and records outside of the range are then permitted', () => {
    expect(restSource({ ...base, clientFilter: true })).toMatchObject({
      capabilities: ['since', 'range'],
      bringsMore: true,
      faults: [],
    })
  })

  it('permit records outside of the range where its ends are inclusive', () => {
    expect(restSource({ ...base, rangeParams: range, inclusiveEnds: true }).bringsMore).toBe(true)
    expect(restSource({ ...base, rangeParams: range, inclusiveEnds: false }).bringsMore).toBe(false)
  })

  it.each([
    ['one page', {}, 'stable'],
    ['page tokens', { paginator: nextToken({ path: 'next', param: 'token' }) }, 'stable'],
    ['page numbers', { paginator: pageNumber({ param: 'page' }) }, 'shifting'],
    ['offsets', { paginator: offset({ param: 'skip' }) }, 'shifting'],
  ])('declare the paging of %s', (_what, paginator, paging) => {
    expect(restSource({ ...base, ...paginator }).paging).toBe(paging)
  })
})

describe('the faults of a restSource', () => {
  it.each<[object, string]>([
    [{ sinceParm: 'since' }, 'restSource: there is no option "sinceParm"'],
    [{ baseUrl: 'https://api.example.com' }, 'restSource: "baseUrl" must be input(…)'],
    [{ path: 'v1' }, 'restSource: "path" must be a path such as /v1/orders, without query'],
    [{ path: '/v1?key=x' }, 'restSource: "path" must be a path such as /v1/orders, without query'],
    [{ query: { limit: 5 } }, 'restSource: "query.limit" must be a text'],
    [{ sinceParam: '' }, 'restSource: "sinceParam" must not be empty'],
    [{ rangeParams: { from: 'a' } }, 'restSource: "rangeParams.to" must be a text'],
    [{ inclusiveEnds: true }, 'restSource: "inclusiveEnds" has no effect without "rangeParams"'],
    [
      { sinceParam: 'since', clientFilter: true },
      'restSource: "clientFilter" has no effect beside "sinceParam" or "rangeParams"',
    ],
    [{ query: { since: 'x' }, sinceParam: 'since' }, 'restSource: the query parameter "since" is set twice'],
    [{ rangeParams: { from: 'at', to: 'at' } }, 'restSource: the query parameter "at" is set twice'],
    [
      { query: { page: '1' }, paginator: pageNumber({ param: 'page' }) },
      'restSource: the query parameter "page" is set twice',
    ],
    [{ records: undefined }, 'restSource: needs either "records" or "decoder"'],
    [{ decoder: {} }, 'restSource: "decoder" must be made by a function such as json(…)'],
    [{ headers: { Authorization: 'canary' } }, 'restSource: "headers" has credentials'],
    [{ sinceFormat: 's' }, 'restSource: "sinceFormat" has no effect without "sinceParam"'],
    [{ sinceStart: '0' }, 'restSource: "sinceStart" has no effect without "sinceParam"'],
    [{ rangeFormat: 's' }, 'restSource: "rangeFormat" has no effect without "rangeParams"'],
    [
      { sinceParam: { in: 'cookie', name: 'a' } },
      'restSource: "sinceParam" must be a text, or made by inQuery',
    ],
    [{ sinceParam: inPath('since') }, 'restSource: the path has no {since}'],
    [{ path: '/{since}', sinceParam: inPath('since') }, 'restSource: "sinceStart" is missing'],
    [{ path: '/{day}/x' }, 'restSource: nothing fills {day} of the path'],
    [{ sinceParam: inBody('since') }, 'restSource: "body" is missing: a value goes into it'],
    [{ body: 'text' }, 'restSource: "body" must be made by a function such as jsonBody(…)'],
    [
      { body: jsonBody({}), rangeParams: { from: inBody('at'), to: inBody('at') } },
      'restSource: the body "at" is set twice',
    ],
    [
      { rangeParams: range, rangeFormat: { pattern: 'dd HH', timeZone: 'UTC' } },
      '"rangeFormat" must be "iso"',
    ],
    [
      { rangeParams: range, rangeFormat: { pattern: 'yyyy-MM-dd', timeZone: 'Mars' } },
      '"rangeFormat" must be "iso"',
    ],
    [{ pageSize: { param: 'n', size: 9 } }, 'restSource: "pageSize" has no effect without "paginator"'],
    [
      { pageSize: { param: 'n', size: 9, least: 3 }, paginator: pageNumber({ param: 'p' }) },
      'restSource: "pageSize.least" has no effect',
    ],
    [
      { pageSize: { param: 'n', size: 0 }, paginator: offset({ param: 'p' }) },
      '"pageSize.size" must be at least 1',
    ],
    [{ budget: { requests: 1, seconds: 0 } }, 'restSource: "budget.seconds" must be more than 0'],
    [{ limits: { pageMegabytes: 65 } }, 'restSource: "limits.pageMegabytes" must be 64 at most'],
    [{ paginator: pageNumber({ param: '' }) }, 'pageNumber: "param" must not be empty'],
    [{ paginator: pageNumber({ param: 'p', first: -1 }) }, 'pageNumber: "first" must not be negative'],
    [{ paginator: offset({ param: '' }) }, 'offset: "param" must not be empty'],
    [{ paginator: nextToken({ path: '', param: 'p' }) }, 'nextToken: "path" must be a field path, such as'],
    [{ paginator: 'pages' }, 'restSource: "paginator" must be made by a function such as nextToken(…)'],
    [{ paginator: {} }, 'restSource: "paginator" must be made by a function such as nextToken(…)'],
    [
      { authentication: {} },
      'restSource: "authentication" must be made by a function such as clientCredentials(…)',
    ],
    [{ baseUrl: undefined }, 'restSource: "baseUrl" must be input(…)'],
    [
      { authentication: destinationSdkOAuth2({ name: '../x', configuration: {} }) },
      'The name must consist of lower case letters',
    ],
  ])('of %j are found without the compiler', (change, fault) => {
    expect(untyped({ ...base, ...change }).faults).toContainEqual(expect.stringContaining(fault))
  })
})
