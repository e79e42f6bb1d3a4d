import * as z from 'zod'
import { FieldPath, parseOptions } from '../../options'
import { ParamOption, placeOf } from './place'
import { restFaults } from './rest-faults'
import { capabilitiesOf } from './rest-options'
import type { Mistake } from '../../mistake'
import type { Capability, Paging, SourceDefinition } from '../source'
import type { Param, Place } from './place'
import type { RangeParams, RestSource } from './rest-options'

/** Fields of a parent that its children get. */
export interface CarriedFields {
  /** The field of the children that takes them, such as `order`. */
  readonly as: string
  /** Names of fields of the parent. */
  readonly fields: readonly [string, ...string[]]
}

/** An API whose records are asked for one parent at a time. */
export interface ChildSource<
  C extends Capability = Capability,
  P extends Paging = Paging,
  Range extends RangeParams = RangeParams,
  ClientFilter extends boolean = boolean,
  ChildPaging extends Paging = Paging,
> {
  /** The parents: `restSource(…)`, or any other source. */
  readonly parent: SourceDefinition<C, P>
  /** The requests for the children of one parent: the options of `restSource`, without a cursor. */
  readonly child: Omit<
    RestSource<never, Range, ClientFilter, ChildPaging>,
    'sinceParam' | 'sinceFormat' | 'sinceStart' | 'version'
  >
  /** Where fields of the parent go in these requests, such as `{ id: inPath('order') }`. */
  readonly fill: Readonly<Record<string, Param>>
  readonly carry: CarriedFields
  /** The most parents of one read; more are an error. Default 10,000, at most 100,000. */
  readonly most?: number
  /** To be increased when the meaning of the records changes. Default 1. */
  readonly version?: number
}

/** A child of a parent outside of the slice, or the other way round, would be in none of the slices. */
export type BoundsRule<C extends Capability, Range, ClientFilter extends boolean> = 'range' extends C
  ? true extends ClientFilter
    ? BoundsMistake
    : [Range] extends [never]
      ? unknown
      : BoundsMistake
  : unknown

interface BoundsMistake {
  readonly child: Mistake<'The bounds of a slice go to the parent or to the child, and not to both.'>
}

const Options = z.strictObject({
  parent: z.custom<SourceDefinition>(
    (value) => typeof value === 'object' && value !== null && 'faults' in value && 'open' in value,
    'must be a source, such as restSource(…)',
  ),
  child: z.looseObject({
    sinceParam: z.undefined('has no effect: children do not come in the order of a cursor').optional(),
    version: z.undefined('belongs to the whole source').optional(),
  }),
  fill: z
    .record(FieldPath, ParamOption)
    .refine((fill) => Object.keys(fill).length > 0, 'must name a field of the parent'),
  carry: z.strictObject({
    as: z.string('must be a text').regex(/^[^.]+$/, 'must be the name of a field, without a dot'),
    fields: z.array(z.string().regex(/^[^.]+$/, 'must be the name of a field')).min(1, 'must name a field'),
  }),
  most: z
    .int('must be a whole number')
    .positive('must be at least 1')
    .max(100_000, 'must be 100,000 at most: the parents have to fit into memory')
    .optional(),
  version: z.int('must be a whole number').optional(),
})

/** The compiler's rules again, for JavaScript and dynamic values. */
export function childFaults(given: ChildSource): readonly string[] {
  const { options, faults } = parseOptions('childSource', Options, given)
  if (!options) return faults
  const { parent, child } = given
  const consents = [parent.consent, consentOf(given)].filter((consent) => consent !== undefined)
  const isTwice = parent.capabilities.includes('range') && capabilitiesOf(restOf(given)).includes('range')
  return [
    ...parent.faults.map((fault) => `parent: ${fault}`),
    ...restFaults({ ...child, baseUrl: child.baseUrl }, placesOf(given)).map((fault) => `child: ${fault}`),
    isTwice ? 'childSource: the bounds of a slice go to the parent or to the child, and not to both' : null,
    new Set(consents).size > 1
      ? 'childSource: parent and child ask for a consent each; let them share one authentication'
      : null,
  ].filter((fault) => fault !== null)
}

/** The requests for children as a source of their own; its placeholders are filled for each parent. */
export function restOf({ child }: ChildSource): RestSource {
  return child
}

export function consentOf({ child: { authentication } }: ChildSource): SourceDefinition['consent'] {
  return authentication && 'consent' in authentication ? authentication.consent : undefined
}

function placesOf({ fill }: ChildSource): Place[] {
  return Object.values(fill).map(placeOf)
}
