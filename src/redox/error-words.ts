import { STATUS_CODES } from 'node:http';

/** Function words. They pass only beside a word that passes. */
export const joints: ReadonlySet<string> = new Set(
  (
    'a an and are as at be been but by can cannot could did do does for from had has have if in into is it its must no not of ' +
    'on only or should than that the their then there these this those to too was were when which while will with without you your'
  ).split(' '),
);

const list =
  'absent accept accepted access action active add added after allowed already another any api apply argument array ' +
  'attempt attempts attribute authenticate authentication authorization authorized bad because before below between blank ' +
  'body boolean both business call cannot characters chateau check clinical code configuration configured connect ' +
  'connection contain contains content correct create created credentials data date datetime decode decoded delete deleted ' +
  'deliver delivery denied description destination destinations detail details different digits directory disabled document ' +
  'documents does downstream duplicate duplicated each element email empty enabled encoding endpoint entries entry entity enum ' +
  'environment error errors event every exactly exceeded exceeds exception exist existing exists expected expired expires ' +
  'extra fail failed failure fault field fields file find first forbidden format formatted found gateway given greater handle ' +
  'header headers host http https id identifier identifiers ids ignored in incomplete incorrect index input instead integer ' +
  'internal invalid issue item items json key keys kind known last least length less limit line list long malformed many ' +
  'match matches maximum media message messages meta method minimum missing model more most multiple name names needed needs new ' +
  'none null number object occurred oid one onramp option order organization organizations other parameter parameters parent ' +
  'parse parsed parser parsing patient patients payload pattern permission permitted phone please position possible present ' +
  'previous problem processed processing production property provide provided query queue rate read reason received record ' +
  'records reference refused reject rejected repository request requests required requires resolve resource resources ' +
  'response result results retry retrieve retrieved retrieving returned root route same schema scope send sender sending sent ' +
  'server service several shorter size something source sources specified specify staging start status store stored string ' +
  'subscribe subscribed subscription subscriptions success successful successfully summary support supported syntax system ' +
  'temporarily temporary test text than time timed timeout timestamp token tokens transmission try type types unable ' +
  'unauthorized unavailable unexpected unique unknown unrecognized unsupported update updated upstream use used user uuid ' +
  'valid validate validation value values version visit warning went whole write wrong xml zip zone ' +
  'dob mrn ssn ehr fhir tls ' +
  'v2 application/json text/plain utf-8 ' +
  'assertion client client_assertion client_assertion_type client_credentials client_id content-type dashboard equal ' +
  'grant_type invalid_client invalid_grant invalid_request invalid_scope jwt kid public redox settings signature ' +
  'unauthorized_client unsupported_grant_type x-www-form-urlencoded';

/** HTTP's reason phrases: `Bad Gateway`. */
const httpWords = Object.values(STATUS_CODES).flatMap((reason) => reason?.toLowerCase().match(/[a-z]{3,}/g) ?? []);

/** The vocabulary of errors from Redox, its OAuth server and HTTP. */
export const errorWords: ReadonlySet<string> = new Set([...list.split(' '), ...httpWords]);
