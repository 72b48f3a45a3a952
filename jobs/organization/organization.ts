import { readOrganizationFile } from '../../src/config/file/organization-file.ts';
import { exitCodes, UsageFault } from '../../src/fault.ts';
import { organizationActions } from '../../src/directory/organization.ts';
import { registerOrganization } from '../../src/runs/organization.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { withServices } from '../ledger/ledger-url.ts';
import { flag, optionalArgument, word } from '../frame/options.ts';
import { checkOrganization, showDirectory } from './directory.ts';
import { showOrganizations } from './show.ts';
import { siteTimeZoneOf } from '../setup/site-time-zone.ts';

const manual: Manual = {
  what: "Maintains the organisation's record in the Carequality directory: create registers the content of a JSON file, update sends its changes, deactivate removes the organisation, show prints the registered state that the ledger knows, or with --directory the record that the directory has, check lists the fields in which the directory differs from the file. jobs/organization.example.json is such a file, jobs/organization.schema.json describes it to editors.",
  when: 'Once before the first night, in development or staging and then in production; later whenever the file changes. Child organisations have a file each, with the parent in parentOid.',
  reads: 'The file; the ledger. The EHR is not needed.',
  writes:
    'Organization.New or Organization.Update to the directory of REDOX_ENVIRONMENT; the ledger, as a run of its own; <REPORT_DIR>/<run id>/. show and check write nothing.',
  repeat:
    'Yes. An update without a change sends nothing; creating a registered organisation is refused (75). A rejection by the directory ends with 64; an unknown outcome ends with 69, and a sentence explains how to make it certain.',
  stop: 'SIGTERM or SIGINT: a call in flight has six seconds to end and is recorded, and is not retried.',
  exitCodes: Object.values(exitCodes),
  examples: [
    'redox-reconcile organization create clinic.json',
    'redox-reconcile organization update clinic.json --yes',
    'redox-reconcile organization check clinic.json',
    'redox-reconcile organization show',
    'redox-reconcile organization show --directory',
  ],
};

export const organization = defineJob({
  manual,
  options: {
    action: word('<ACTION>', 'what to do', [...organizationActions, 'check', 'show']),
    file: optionalArgument('[FILE]', 'the JSON file of the organisation; show takes an OID as well, or nothing'),
    directory: flag('--directory', 'show asks the directory instead of the ledger'),
    yes: flag('--yes', 'confirms a change of the public directory in production'),
  },
  run: async (context, { action, file, directory, yes }) => {
    if (directory && action !== 'show') {
      throw new UsageFault(`--directory belongs to organization show; organization ${action} has no use for it.`);
    }
    if (action === 'show') return directory ? showDirectory(context, file) : showOrganizations(context, file);
    if (file === null) {
      throw new UsageFault(
        `organization ${action} needs the JSON file of the organisation; jobs/organization.example.json is one.`,
      );
    }
    if (action === 'check') return checkOrganization(context, file);
    const config = context.config('redox', 'ledger', 'ledgerKey');
    const described = readOrganizationFile(file, config.redox.organizationOid);
    if (config.redox.environment === 'production' && !yes) {
      throw new UsageFault(
        `organization ${action} in production changes what every participant of Carequality sees of ${described.name}. ` +
          'Nothing was sent; add --yes to confirm.',
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
