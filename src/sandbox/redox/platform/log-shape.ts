import type { JsonObject } from '../../../json.ts';
import type { MessageLog } from './message-log.ts';

interface Page {
  readonly logs: readonly MessageLog[];
  /** The link to the next page; null at the end. */
  readonly next: string | null;
}

/** How the Platform API writes its answers. */
export interface LogShape {
  readonly search: (page: Page) => JsonObject;
  readonly log: (log: MessageLog) => JsonObject;
}

/** The documented shape. A search answers with metadata, which include neither stage nor code. */
export const currentShape: LogShape = {
  search: ({ logs, next }) => ({
    meta: { version: '1.0.0', page: { pageSize: 50, links: linksTo(next) } },
    payload: { result: logs.map(metadataOf) },
  }),
  log: (log) => ({ meta: { version: '1.0.0' }, payload: { result: wholeLog(log) } }),
};

export const linksTo = (next: string | null): JsonObject => ({ self: '/logs', ...(next === null ? {} : { next }) });

const metadataOf = (log: MessageLog): JsonObject => ({
  ...fieldsOf(log),
  status: log.status,
  attempts: { total: 1, latest: latestOf(log) },
});

const wholeLog = (log: MessageLog): JsonObject => ({
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

export const latestOf = (log: MessageLog): JsonObject => ({
  id: log.attemptId,
  attemptAt: log.updatedAt.toISOString(),
  status: log.status,
});

export const fieldsOf = (log: MessageLog): JsonObject => ({
  id: log.id,
  createdAt: log.createdAt.toISOString(),
  updatedAt: log.updatedAt.toISOString(),
  dataModel: log.dataModel,
  eventType: log.eventType,
  type: log.type,
  ...(log.sourceId === null ? {} : { source: { id: log.sourceId, name: 'source' } }),
  destination: { id: log.destinationId, name: 'repository', organization: { id: 1, name: 'organization' } },
});
