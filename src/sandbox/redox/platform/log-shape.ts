import type { JsonObject } from '../../../json.ts';
import type { MessageLog } from './message-log.ts';

/** `current` and `older` are documented; `unknown` plays an envelope that nobody has seen. */
export const logShapes = ['current', 'older', 'unknown'] as const;
export type LogShape = (typeof logShapes)[number];

interface Page {
  readonly logs: readonly MessageLog[];
  /** The link to the next page; null at the end. */
  readonly next: string | null;
}

export function shapedSearch(shape: LogShape, { logs, next }: Page): JsonObject {
  const links = { self: '/logs', ...(next === null ? {} : { next }) };
  switch (shape) {
    case 'current':
      return { meta: { version: '1.0.0', page: { pageSize: 50, links } }, payload: { result: logs.map(metadataOf) } };
    case 'older':
      return {
        meta: { version: '1.0.0', page: { currentPage: 1, pageType: 'offset', pageSize: 50, links } },
        payload: logs.map(olderLog),
      };
    case 'unknown':
      return { data: { found: { items: logs.map(unknownLog) }, paging: { links } } };
  }
}

export function shapedLog(shape: LogShape, log: MessageLog): JsonObject {
  switch (shape) {
    case 'current':
      return { meta: { version: '1.0.0' }, payload: { result: currentLog(log) } };
    case 'older':
      return { meta: { version: '1.0.0' }, payload: olderLog(log) };
    case 'unknown':
      return { data: { found: unknownLog(log) } };
  }
}

/** A search answers with metadata, which include neither stage nor code. */
const metadataOf = (log: MessageLog): JsonObject => ({
  ...fieldsOf(log),
  status: log.status,
  attempts: { total: 1, latest: latestOf(log) },
});

const currentLog = (log: MessageLog): JsonObject => ({
  ...metadataOf(log),
  attempts: {
    total: 1,
    latest: {
      ...latestOf(log),
      operations: [
        { type: 'blobResolvers', operationId: 'resolve', version: '1', order: 1, attemptStage: 'receive-request' },
        ...(log.failure === null
          ? []
          : [
              {
                type: 'request',
                order: 2,
                attemptStage: log.failure.stage,
                code: log.failure.code,
                error: { message: log.failure.text },
              },
            ]),
      ],
    },
  },
});

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

const latestOf = (log: MessageLog): JsonObject => ({
  id: log.attemptId,
  attemptAt: log.updatedAt.toISOString(),
  status: log.status,
});

const fieldsOf = (log: MessageLog): JsonObject => ({
  id: log.id,
  createdAt: log.createdAt.toISOString(),
  updatedAt: log.updatedAt.toISOString(),
  dataModel: log.dataModel,
  eventType: log.eventType,
  type: log.type,
  ...(log.sourceId === null ? {} : { source: { id: log.sourceId, name: 'source' } }),
  destination: { id: log.destinationId, name: 'repository', organization: { id: 1, name: 'organization' } },
});
