import type { Removal } from './removal'

/** Whether confirmed rows have arrived. */
export const arrivalRemovals: readonly Removal[] = [
  {
    safeguard: 'rows that do not show in time are missing',
    file: 'src/pipeline/arrival/judge-arrival.ts',
    find: 'storeNow - confirmedAt < withinMs',
    replace: 'storeNow - confirmedAt < Infinity',
  },
  {
    safeguard: 'rows are not missing before they would have to show',
    file: 'src/pipeline/arrival/judge-arrival.ts',
    find: 'storeNow - confirmedAt < withinMs',
    replace: 'storeNow - confirmedAt < 0',
  },
  {
    safeguard: 'an indication is no proof of arrival',
    file: 'src/pipeline/arrival/judge-arrival.ts',
    find: "kind === 'proof' ? 'arrived' : 'indicated'",
    replace: "kind === 'proof' ? 'arrived' : 'arrived'",
  },
  {
    safeguard: 'missing rows are one incident',
    file: 'src/pipeline/arrival/verify-arrivals.ts',
    find: "verdict.kind === 'missing' && arrival.missing === null",
    replace: "verdict.kind === 'missing'",
  },
  {
    safeguard: 'missing rows make the look fail',
    file: 'src/pipeline/arrival/verify-arrivals.ts',
    find: "if (incidents > 0) return 'failed'",
    replace: "if (incidents > Infinity) return 'failed'",
  },
  {
    safeguard: 'an incident is logged',
    file: 'src/pipeline/arrival/verify-arrivals.ts',
    find: 'for (const incident of incidents) logIncident(log, incident, { job: job.name, activation })',
    replace: 'void logIncident',
  },
  {
    safeguard: 'verdicts are not stored while a run is at work',
    file: 'src/pipeline/arrival/verify-arrivals.ts',
    find: 'content.lease === null ? await file.write(document, etag) : null',
    replace: 'await file.write(document, etag)',
  },
  {
    safeguard: 'arrivals of a former target are not judged by the present one',
    file: 'src/pipeline/arrival/verify-arrivals.ts',
    find: 'return then?.kind === now.kind && then.target === now.target',
    replace: 'return then?.kind === now.kind',
  },
  {
    safeguard: 'batches that reports cannot show yet are not asked for',
    file: 'src/pipeline/arrival/verify-arrivals.ts',
    find: 'storeNow - confirmedAt >= settings.arrivalAfterMs',
    replace: 'storeNow - confirmedAt >= -Infinity',
  },
  {
    safeguard: 'more rows than were sent are reported',
    file: 'src/pipeline/arrival/incidents.ts',
    find: 'evidence.rows > rows',
    replace: 'evidence.rows > Infinity',
  },
  {
    safeguard: 'a look that could not ask is reported',
    file: 'src/pipeline/arrival/verify-arrivals.ts',
    find: '...troubleNotes(trouble, redact)',
    replace: '...troubleNotes(trouble, redact).slice(0, 0)',
  },
  {
    safeguard: 'a verdict about other rows is not taken',
    file: 'src/state/reduce-arrivals.ts',
    find: 'if (verdict?.rows !== arrival.rows) return [arrival]',
    replace: 'if (!verdict) return [arrival]',
  },
  {
    safeguard: 'both halves of a split batch arrive together',
    file: 'src/state/reduce-arrivals.ts',
    find: 'if (!half) return [...open, arrival]',
    replace: 'if (!half || open.length > 0) return [...open, arrival]',
  },
  {
    safeguard: 'arrivals that never show are given up',
    file: 'src/state/reduce-arrivals.ts',
    find: 'now - confirmedAt > arrivalsKeptMs',
    replace: 'now - confirmedAt > Infinity',
  },
  {
    safeguard: 'only hits that set the marker prove an arrival',
    file: 'src/destinations/bulk-data-insertion/arrival.ts',
    find: 'metric: `metrics/${variable}instances` }',
    replace: 'metric: allHits }',
  },
  {
    safeguard: 'a failed job of Data Sources proves no whole arrival',
    file: 'src/destinations/data-sources/arrival.ts',
    find: "processed >= rows && jobs.every(({ kind }) => kind === 'done')",
    replace: 'processed >= rows',
  },
]
