import { readOrganizationFile } from '../../src/config/file/organization-file.ts';
import { exitCodes, UsageFault } from '../../src/fault.ts';
import { organizationActions } from '../../src/directory/organization.ts';
import { registerOrganization } from '../../src/runs/organization.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { withServices } from '../ledger/ledger-url.ts';
import { flag, optionalArgument, word } from '../frame/options.ts';
import { showOrganizations } from './show.ts';
import { siteTimeZoneOf } from '../setup/site-time-zone.ts';

const manual: Manual = {
  what: "Keeps the organisation's record in the Carequality directory: create registers what a JSON file says, update tells what changed in it, deactivate takes the organisation out, show prints what the ledger knows to be registered. jobs/organization.example.json is such a file, jobs/organization.schema.json explains it to editors.",
  when: 'Once before the first night, in development or staging and then in production; later whenever the file changes. Child organisations have a file each, with the parent in parentOid.',
  reads: 'The file; the ledger. The EHR is not needed.',
  writes:
    'Organization.New or Organization.Update to the directory of REDOX_ENVIRONMENT; the ledger, as a run of its own; <REPORT_DIR>/<run id>/. show writes nothing.',
  repeat:
    'Yes. An update without a change sends nothing, a create of what is registered is refused (75). What the directory refuses ends with 64, and where nobody knows whether it took the record, 69 and a sentence that says how to make it certain.',
  stop: 'SIGTERM or SIGINT: a call under way has six seconds to end and is recorded, and is not tried again.',
  exitCodes: [
    exitCodes.done,
    exitCodes.stopped,
    exitCodes.usage,
    exitCodes.unavailable,
    exitCodes.bug,
    exitCodes.refused,
  ],
  examples: [
    'redox-reconcile organization create clinic.json',
    'redox-reconcile organization update clinic.json --yes',
    'redox-reconcile organization show',
  ],
};

export const organization = defineJob({
  manual,
  options: {
    action: word('<ACTION>', 'what to do', [...organizationActions, 'show']),
    file: optionalArgument('[FILE]', 'the JSON file of the organisation; show takes an OID as well, or nothing'),
    yes: flag('--yes', 'in production: yes, tell the directory that everybody reads'),
  },
  run: async (context, { action, file, yes }) => {
    if (action === 'show') return showOrganizations(context, file);
    if (file === null) {
      throw new UsageFault(
        `organization ${action} needs the JSON file of the organisation; jobs/organization.example.json is one.`,
      );
    }
    const config = context.config('redox', 'ledger', 'ledgerKey');
    const described = readOrganizationFile(file, config.redox.organizationOid);
    if (config.redox.environment === 'production' && !yes) {
      throw new UsageFault(
        `organization ${action} in production changes what every participant of Carequality sees of ${described.name}. ` +
          'Nothing was sent; add --yes if that is meant.',
      );
    }
    const { print } = context;
    const zoned = { ...config, siteTimeZone: siteTimeZoneOf(context) };
    const registration = { action, organization: described, config: zoned, print };
    return withServices(
      context,
      config.ledger,
      async (services) => (await registerOrganization(registration, services)).exitCode,
    );
  },
});
