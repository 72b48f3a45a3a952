import { describe, expect, it, test } from 'vitest';
import { encountersHeader, fieldSite, odd, patientLines, patients, patientsHeader } from '../support/field-site.ts';

/** Names that nobody finds, numbers that run together, and texts that are none. */

describe('a name that finds no patient', () => {
  const [line] = patientLines;

  it('is listed, and goes out unchanged', async () => {
    const site = await fieldSite();
    const night = await site.run({
      'patients.csv': patients
        .replace('Núñez', 'Núñez MD')
        .replace('Bert,,Olsen', ',,"OLSEN, BERT"')
        .replace('Çağla', 'Dr. Çağla')
        .replace('Dora,May,Peña', '.,May,UNKNOWN')
        .replace('Egon', 'BABY BOY')
        .replace('Fay,Q,Groß', 'TEST,Q,ZZTEST'),
    });
    expect(night.exitCode).toBe(0);
    const listed = night.csv('data-quality').filter(({ kind }) => kind?.endsWith('match_key'));
    expect([...new Set(listed.map(({ entity_id }) => entity_id))]).toEqual([
      'P001',
      'P002',
      'P003',
      'P004',
      'P005',
      'P006',
    ]);
    expect(site.stored('M0004')).toMatchObject({ LastName: 'UNKNOWN' });
  });

  test.each([
    ['a no-break space', 'Núñez\u00a0Díaz\u00a0', 'Núñez Díaz'],
    ['a zero-width space', 'Núñez\u200b', 'Núñez'],
    ['a soft hyphen', 'Nú\u00adñez', 'Núñez'],
    ['decomposed letters', 'Nu\u0301n\u0303ez', 'Núñez'],
    ['full-width letters', 'Ｎúñez', 'Núñez'],
    ['entities', 'N&uacute;&ntilde;ez', 'Núñez'],
    ['a curly apostrophe', 'O’Núñez', "O'Núñez"],
    ['another hyphen', 'Núñez‑Díaz', 'Núñez-Díaz'],
    ['a tab', 'Núñez\tDíaz', 'Núñez Díaz'],
  ])('with %s is mended, and found', async (_, given, sent) => {
    const site = await fieldSite();
    const night = await site.run({
      'patients.csv': patientsHeader + line.replace('Núñez', given),
      'encounters.csv': encountersHeader,
    });
    expect([night.exitCode, site.stored('M0001')['LastName']]).toEqual([0, sent]);
    expect(night.csv('data-quality').filter(({ kind }) => kind?.endsWith('match_key'))).toEqual([]);
  });

  test.each([
    ['NÃºÃ±ez', 'malformed'],
    ['N\ufffd\ufffdez', 'malformed'],
    ['Nunez1', 'digit'],
    ['N\u0001nez', 'malformed'],
  ])('as %j is listed as not findable', async (given, fault) => {
    const site = await fieldSite();
    const night = await site.run({
      'patients.csv': patientsHeader + line.replace('Núñez', given),
      'encounters.csv': encountersHeader,
    });
    expect(night.csv('data-quality').map(({ kind, column_name }) => [kind, column_name])).toContainEqual([
      `${fault}_match_key`,
      'last_name',
    ]);
  });
});

describe('clinical content', () => {
  const contract = {
    'sections/vital_signs.sql':
      'SELECT encounter_id, code, code_system, name, observed_at, value, units FROM vitals WHERE encounter_id = ANY($1)',
    'sections/notes.sql': 'SELECT encounter_id, name, written_at, text FROM notes WHERE encounter_id = ANY($1)',
    'sections/medications.sql':
      'SELECT encounter_id, code, code_system, name, dose, dose_units, sig FROM meds WHERE encounter_id = ANY($1)',
  };
  const vitals = 'encounter_id,code,code_system,name,observed_at,value,units\n';
  const notes = 'encounter_id,name,written_at,text\n';
  const meds = 'encounter_id,code,code_system,name,dose,dose_units,sig\n';
  const empty = { 'vitals.csv': vitals, 'notes.csv': notes, 'meds.csv': meds };

  it('sends no invalid number, which stays in the text and is listed', async () => {
    const site = await fieldSite({ contract });
    const given = ['120/80', '98.6 F', '"37,2"', '"5\'11"""', '"1,200"', '72', '0'];
    const rows = given.map((value, at) => `E1,8867-4,LOINC,Test ${at},2026-03-02 09:05:00,${value},/min\n`);
    const night = await site.run({ ...empty, 'vitals.csv': vitals + rows.join('') });
    expect([night.exitCode, odd(night)]).toEqual([0, ['E1 not_a_number vital_signs.value']]);
    const text = JSON.stringify(site.document('E1'));
    expect(text.match(/"Value":"[^"]*"/g)?.sort()).toEqual(['"Value":"0"', '"Value":"72"']);
    for (const value of ['120/80', '98.6 F', '37,2', '1,200']) expect(text).toContain(value);
  });

  it('keeps digits apart at a control character', async () => {
    const site = await fieldSite({ contract });
    const night = await site.run({
      ...empty,
      'meds.csv': `${meds}E1,197361,RxNorm,Drug,2,tablet,Take 2\v5 mg tablets\nE2,197361,RxNorm,Drug\fB,2,tablet,Take 1\f0.5 mg tablet; INR 2\u001f5\nE3,197361,RxNorm,Drug,2,tablet,Take 3\u20285 mg\n`,
      'notes.csv': `${notes}E1,n,2026-03-02 09:10:00,Metformin 5\v00 mg; K 4\u0085 5\n`,
    });
    expect([night.exitCode, odd(night)]).toEqual([0, ['E2 forbidden_character medications.sig']]);
    const sigs = ['E1', 'E2', 'E3'].map((id) => JSON.stringify(site.document(id)['Medications']));
    expect(sigs[0]).toContain(String.raw`Take 2\n5 mg tablets`);
    expect(sigs[1]).toContain(String.raw`Take 1\n0.5 mg tablet; INR 2` + '\ufffd5');
    expect(sigs[1]).toContain('"Name":"Drug B"');
    expect(sigs[2]).toContain(String.raw`Take 3\n5 mg`);
    expect(JSON.stringify(site.document('E1')['NoteSections'])).toContain('Metformin 5<br/>00 mg; K 4<br/> 5');
  });

  it('sends the text of RTF and HTML notes, and drops base64', async () => {
    const site = await fieldSite({ contract });
    const rtf = String.raw`{\rtf1\ansi\deff0 {\fonttbl {\f0 Times;}}\f0\fs24 Patient is \b well\b0 .\par}`;
    const night = await site.run({
      ...empty,
      'notes.csv':
        `${notes}E1,a,2026-03-02 09:10:00,${rtf}\n` +
        'E2,b,2026-03-03 10:10:00,<html><body><p>Patient is <b>well</b> &amp; happy</p></body></html>\n' +
        `E3,c,2026-03-04 08:10:00,${Buffer.from(rtf.repeat(12)).toString('base64')}\n` +
        'E4,d,2026-03-05 14:05:00,"Line one\vLine two\fPage two\u001b[1mbold"\n',
    });
    expect(odd(night)).toEqual(['E3 markup notes.text', 'E4 forbidden_character notes.text']);
    const said = (id: string): string => JSON.stringify(site.document(id)['NoteSections']);
    expect(said('E1')).toContain('Patient is well.');
    expect(said('E2')).toContain('Patient is well &amp; happy');
    expect(said('E3')).not.toMatch(/[A-Za-z0-9+/]{40}/);
    expect(said('E4')).toContain('Line one<br/>Line two<br/>Page two\ufffd[1mbold');
    expect(`${said('E1')}${said('E2')}`).not.toMatch(/rtf1|<html>|&lt;b/);
  });
});
