/** Patient discharge statuses of the NUBC (form locator 17 of the UB-04 claim; HL7 v2 table 0112). */

const statuses: Readonly<Record<string, string>> = {
  '01': 'Discharged to home or self care',
  '02': 'Discharged or transferred to a short-term general hospital for inpatient care',
  '03': 'Discharged or transferred to a skilled nursing facility with Medicare certification',
  '04': 'Discharged or transferred to a facility that provides custodial or supportive care',
  '05': "Discharged or transferred to a designated cancer center or children's hospital",
  '06': 'Discharged or transferred to home under care of an organized home health service organization',
  '07': 'Left against medical advice or discontinued care',
  '09': 'Admitted as an inpatient to this hospital',
  '20': 'Expired',
  '21': 'Discharged or transferred to court or law enforcement',
  '30': 'Still a patient',
  '40': 'Expired at home',
  '41': 'Expired in a medical facility',
  '42': 'Expired, place unknown',
  '43': 'Discharged or transferred to a federal health care facility',
  '50': 'Hospice, home',
  '51': 'Hospice, medical facility',
  '61': 'Discharged or transferred to a hospital-based Medicare-approved swing bed',
  '62': 'Discharged or transferred to an inpatient rehabilitation facility',
  '63': 'Discharged or transferred to a Medicare-certified long-term care hospital',
  '64': 'Discharged or transferred to a nursing facility certified under Medicaid but not under Medicare',
  '65': 'Discharged or transferred to a psychiatric hospital',
  '66': 'Discharged or transferred to a critical access hospital',
  '69': 'Discharged or transferred to a designated disaster alternative care site',
  '70': 'Discharged or transferred to another type of health care institution',
};

/** From 81 on, the same with a planned readmission to inpatient care. */
const readmission: Readonly<Record<string, string>> = {
  ...{ '81': '01', '82': '02', '83': '03', '84': '04', '85': '05', '86': '06', '87': '21', '88': '43' },
  ...{ '89': '61', '90': '62', '91': '63', '92': '64', '93': '65', '94': '66', '95': '70' },
};

/** The status in words; undefined for any other text. */
export const dischargeStatusName = (code: string): string | undefined => {
  const first = readmission[code];
  if (first === undefined) return statuses[code];
  return `${statuses[first] ?? ''}, with a planned acute care hospital inpatient readmission`;
};
