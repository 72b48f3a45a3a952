/** `IDType` of ids other than patients' and OIDs: HL7 v2 table 0203, as for Redox's own `MR`. */
export const idTypes = { facility: 'FI', npi: 'NPI', provider: 'PRN', visit: 'VN' } as const;
