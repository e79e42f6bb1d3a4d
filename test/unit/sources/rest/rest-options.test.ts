import { input } from '../../../../src/inputs'
import { destinationSdkOAuth2 } from '../../../../src/auth/oauth2'
import { nextToken } from '../../../../src/sources/paginators/next-token'
import { offset } from '../../../../src/sources/paginators/offset'
import { pageNumber } from '../../../../src/sources/paginators/page-number'
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

  it('are those of both filters where this app filters, and it then brings more than was asked', () => {
    expect(restSource({ ...base, clientFilter: true })).toMatchObject({
      capabilities: ['since', 'range'],
      bringsMore: true,
      faults: [],
    })
  })

  it('bring more than was asked where the ends of a range are inclusive', () => {
    expect(restSource({ ...base, rangeParams: range, inclusiveEnds: true }).bringsMore).toBe(true)
    expect(restSource({ ...base, rangeParams: range, inclusiveEnds: false }).bringsMore).toBe(false)
  })

  it.each([
    ['one page', {}, 'stable'],
    ['page tokens', { paginator: nextToken({ path: 'next', param: 'token' }) }, 'stable'],
    ['page numbers', { paginator: pageNumber({ param: 'page' }) }, 'shifting'],
    ['offsets', { paginator: offset({ param: 'skip' }) }, 'shifting'],
  ])('say how steady %s are', (_what, paginator, paging) => {
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
