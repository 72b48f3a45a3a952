import type { JsonObject } from '../src/json.ts';
import { currentShape, fieldsOf, latestOf, linksTo, type LogShape } from '../src/sandbox/redox/platform/log-shape.ts';
import type { MessageLog } from '../src/sandbox/redox/platform/message-log.ts';

/** `current` and `older` are documented; `unknown` plays an envelope that nobody has seen. */
export const logShapes = {
  current: currentShape,
  older: {
    search: ({ logs, next }) => ({
      meta: {
        version: '1.0.0',
        page: { currentPage: 1, pageType: 'offset', pageSize: 50, links: linksTo(next) },
      },
      payload: logs.map(olderLog),
    }),
    log: (log) => ({ meta: { version: '1.0.0' }, payload: olderLog(log) }),
  },
  unknown: {
    search: ({ logs, next }) => ({
      data: { found: { items: logs.map(unknownLog) }, paging: { links: linksTo(next) } },
    }),
    log: (log) => ({ data: { found: unknownLog(log) } }),
  },
} as const satisfies Readonly<Record<string, LogShape>>;

const olderLog = (log: MessageLog): JsonObject => ({
  ...fieldsOf(log),
  status: log.status,
  attempts: {
    total: 1,
    latest: {
      ...latestOf(log),
      ...(log.failure === null
        ? {}
        : {
            failedStage: log.failure.stage,
            stages: {
              [log.failure.stage]: {
                number: 1,
                name: log.failure.stage,
                status: 'failed',
                code: log.failure.code,
                error: { message: log.failure.text },
              },
            },
          }),
    },
  },
});

/** As the dashboard writes them. */
const unknownLog = (log: MessageLog): JsonObject => ({
  id: log.id,
  updatedAt: log.updatedAt.toISOString(),
  status: log.status.toUpperCase(),
});
