-- The planner knows nothing of freshly copied tables until this.
ANALYZE clinic.person, clinic.person_address, clinic.person_contact, clinic.visit, clinic.merge_log,
  clinic.allergy, clinic.problem, clinic.prescription, clinic.measurement, clinic.vaccination
