import { AirbyteLogger, AirbyteSourceBase, AirbyteStreamBase, SyncMode } from 'faros-airbyte-cdk'
import { pageSize } from '../orders'
import { writeRows } from './csv-stringify-file'
import { pagesOf } from './peer'
import { plainHit } from './plain-hit'
import { measure } from './subject'
import type { Order } from '../orders'

/** An incremental stream that emits its state once a page, as the kit's own connectors do. */
class Orders extends AirbyteStreamBase {
  override get name() {
    return 'orders'
  }
  override get primaryKey() {
    return 'transactionID'
  }
  override get cursorField() {
    return 'timestamp'
  }
  override get stateCheckpointInterval() {
    return pageSize
  }
  override getJsonSchema() {
    return {}
  }
  override async *readRecords() {
    for await (const page of pagesOf<Order>()) for (const order of page) yield plainHit(order)
  }
  override getUpdatedState(_: object, { timestamp }: { timestamp: string }) {
    return { cutoff: timestamp }
  }
}

class OrdersSource extends AirbyteSourceBase {
  override get type() {
    return 'orders'
  }
  override streams() {
    return [new Orders(this.logger)]
  }
  override checkConnection(): Promise<[boolean, undefined]> {
    return Promise.resolve([true, undefined])
  }
}

const catalog = {
  streams: [
    {
      stream: { name: 'orders', json_schema: {}, supported_sync_modes: [SyncMode.INCREMENTAL] },
      sync_mode: SyncMode.INCREMENTAL,
    },
  ],
}

/** Faros' Airbyte kit reads and keeps state, csv-stringify writes. */
measure(() =>
  writeRows(async (write) => {
    const source = new OrdersSource(new AirbyteLogger('FATAL'))
    for await (const message of source.read({ backfill: true }, {}, catalog, {})) {
      const wait = message.record ? write(message.record.data) : null
      if (wait) await wait
    }
  }),
)
