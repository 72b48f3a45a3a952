-- Forgets what the former target was told: the new one has heard nothing. What runs did is kept. Takes no parameters.
TRUNCATE patient, encounter, rejection, ignored, watermark, organization, contract_shape
