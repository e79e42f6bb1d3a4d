import type { ContainerEnd } from '../action-container'
import type { Action, KeyValue } from './entities'

/** One run of an action, or one firing of a trigger, as `GET activations/{id}` shows it. */
export interface Activation {
  readonly activationId: string
  readonly namespace: string
  readonly name: string
  readonly version: string
  readonly publish: false
  /** ms since the epoch. For an action: when the container began to load or to run it. */
  readonly start: number
  /** 0 for a trigger. */
  readonly end: number
  /** ms; absent for a trigger. */
  readonly duration?: number
  readonly response: ActivationResponse
  readonly logs: readonly string[]
  readonly annotations: readonly KeyValue[]
}

export interface ActivationResponse {
  readonly status: 'success' | 'application error' | 'action developer error' | 'whisk internal error'
  readonly statusCode: 0 | 1 | 2 | 3
  readonly success: boolean
  readonly result: unknown
}

/** Measured times of a run. */
export interface Timing {
  /** When the request was accepted, ms since the epoch. */
  readonly accepted: number
  /** When the container began to load or to run the action, ms since the epoch. */
  readonly start: number
  /** Duration of the initialization, ms; null in a warm container. */
  readonly initMs: number | null
  readonly timedOut: boolean
}

/**
 * The annotations of an action's activation. `initTime` is present only after a cold start.
 * @see https://github.com/apache/openwhisk/blob/master/docs/annotations.md
 */
export function annotationsOf(
  { limits, exec, namespace, name }: Action,
  { accepted, start, initMs, timedOut }: Timing,
): KeyValue[] {
  return [
    { key: 'limits', value: limits },
    { key: 'path', value: `${namespace}/${name}` },
    { key: 'kind', value: exec.kind },
    { key: 'timeout', value: timedOut },
    ...(initMs === null ? [] : [{ key: 'initTime', value: initMs }]),
    { key: 'waitTime', value: start - accepted },
  ]
}

const maxResultBytes = 1024 * 1024

/** Maps the end of a run to OpenWhisk's response. */
export function responseTo(end: ContainerEnd, timeoutMs: number): ActivationResponse {
  switch (end.kind) {
    case 'result':
      return ofResult(end.result)
    case 'refused':
      return developerError(end.error)
    case 'memory':
      return developerError('The action exhausted its memory and was aborted.')
    case 'timeout':
      return developerError(
        `The action exceeded its time limits of ${timeoutMs} milliseconds${
          end.during === 'run' ? '.' : ' during initialization.'
        }`,
      )
    case 'died':
      return developerError(
        end.during === 'run'
          ? 'The action did not produce a valid response and exited unexpectedly.'
          : 'The action did not initialize and exited unexpectedly.',
      )
  }
}

export function ofResult(result: unknown): ActivationResponse {
  const bytes = Buffer.byteLength(JSON.stringify(result))
  if (bytes > maxResultBytes) {
    return applicationError({
      error: `The action produced a response that exceeded the allowed length: ${bytes} > ${maxResultBytes} bytes.`,
    })
  }
  if (typeof result === 'object' && result !== null && 'error' in result) return applicationError(result)
  return { status: 'success', statusCode: 0, success: true, result }
}

function applicationError(result: object): ActivationResponse {
  return { status: 'application error', statusCode: 1, success: false, result }
}

/** The response when no container could be started. */
export function notProvisioned(): ActivationResponse {
  const error = 'Failed to provision resources to run the action.'
  return { status: 'whisk internal error', statusCode: 3, success: false, result: { error } }
}

function developerError(error: string): ActivationResponse {
  return { status: 'action developer error', statusCode: 2, success: false, result: { error } }
}
