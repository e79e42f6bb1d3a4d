import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import { childFaults, consentOf, restOf } from './child-options'
import { readParents } from './parents'
import { capabilitiesOf } from './rest-options'
import { openRest } from './rest-source'
import type {
  Capability,
  Page,
  Paging,
  ReadRequest,
  Source,
  SourceContext,
  SourceDefinition,
} from '../source'
import type { BoundsRule, ChildSource } from './child-options'
import type { Parent } from './parents'
import type { CapabilityOf, RangeParams } from './rest-options'

/** Slices, where the parent or the child takes their bounds. */
type SlicesOf<C, Range, ClientFilter extends boolean> =
  Extract<C, 'range'> | Extract<CapabilityOf<never, Range, ClientFilter>, 'range'>

/**
 * Parents and, for each of them, its children: refunds of orders, answers of surveys. The records are the children, with
 * fields of their parent. There is no incremental read: the children of a parent that changed would come once more, and
 * children that are added to a parent behind the cursor never.
 */
export function childSource<
  const C extends Capability,
  const P extends Paging,
  const Range extends RangeParams = never,
  const ClientFilter extends boolean = false,
  const ChildPaging extends Paging = 'stable',
>(
  definition: ChildSource<C, P, Range, ClientFilter, ChildPaging> & BoundsRule<C, Range, ClientFilter>,
): SourceDefinition<SlicesOf<C, Range, ClientFilter>, P | ChildPaging> {
  const given = definition as unknown as ChildSource
  const { parent, child, carry, version = 1 } = given
  const faults = childFaults(given)
  const isSound = faults.length === 0
  const bounds = isSound ? boundsOf(given) : null
  const paging = isSound && parent.paging === 'stable' ? (child.paginator?.paging ?? 'stable') : 'shifting'
  return {
    kind: 'children',
    version,
    capabilities: (bounds === null ? [] : ['range']) as SlicesOf<C, Range, ClientFilter>[],
    paging: paging as P | ChildPaging,
    bringsMore: isSound && (parent.bringsMore || child.inclusiveEnds === true || child.clientFilter === true),
    inputs: isSound ? [...parent.inputs, child.baseUrl, ...(child.authentication?.inputs ?? [])] : [],
    faults,
    open: (context) => openChildren(given, bounds, context),
    consent: isSound ? (parent.consent ?? consentOf(given)) : undefined,
    ...(bounds === null ? {} : { slicedBy: { field: carry.as, isWithin: bounds === 'parent' } }),
  }
}

function boundsOf(given: ChildSource): 'parent' | 'child' | null {
  if (given.parent.capabilities.includes('range')) return 'parent'
  return capabilitiesOf(restOf(given)).includes('range') ? 'child' : null
}

function openChildren(given: ChildSource, bounds: 'parent' | 'child' | null, context: SourceContext): Source {
  const { carry, fill } = given
  const parents = given.parent.open(context)
  const children = openRest(restOf(given), context)
  const digest = createHash('sha256')
    .update(JSON.stringify([fill, carry]))
    .digest('hex')
    .slice(0, 16)

  return {
    identity: `${parents.identity} → ${children.identity} (${digest})`,
    async *read(request): AsyncIterable<Page> {
      const { signal } = request
      const whole: ReadRequest = { mode: 'full-refresh', signal }
      const found = await readParents(given, parents, bounds === 'parent' ? request : whole)
      for (const parent of found) {
        let isChildless = true
        for await (const page of children.read(bounds === 'child' ? request : whole, parent.values)) {
          isChildless = false
          yield { records: page.records.map((record) => withParent(record, carry.as, parent)) }
        }
        // Lets the run look at its time.
        if (isChildless) yield { records: [] }
      }
    },
  }
}

function withParent(record: unknown, as: string, { carried }: Parent): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return record
  if (!Object.hasOwn(record, as)) return { ...record, [as]: carried }
  throw new JobError(
    'source-malformed',
    `The children have a field "${as}" already, which the fields of their parent would replace.`,
    'Choose another name in `carry.as` of the source.',
  )
}
