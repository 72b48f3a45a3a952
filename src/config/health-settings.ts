import * as address from './format/addresses.ts';
import * as format from './format/formats.ts';

export const healthSettings = {
  ALERT_WEBHOOK_URL: {
    part: 'always',
    format: address.alertUrl,
    expected: 'the https:// address of a webhook (http:// only for a service on this machine)',
    secret: true,
  },
  ALERT_THRESHOLDS: {
    part: 'always',
    format: format.alertThresholds,
    expected: 'amounts such as lines=20,findable=1%,missed=100, of the words lines, findable and missed',
    default: 'lines=20,findable=1%,missed=100',
  },
  HEARTBEAT_URL: {
    part: 'always',
    format: address.alertUrl,
    expected: 'the https:// address to request after each night that ended well (http:// only for this machine)',
    secret: true,
  },
  METRICS_FILE: {
    part: 'always',
    format: format.metricsFile,
    expected: "a path that ends in .prom, in the folder of node_exporter's textfile collector",
  },
  METRICS_PORT: {
    part: 'always',
    format: address.listenAddress,
    expected: 'a port of this machine such as 9464, or <address>:<port>',
  },
} as const;
