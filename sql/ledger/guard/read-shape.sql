-- The shape of the contract as last planned. Takes no parameters. One row, or none.
SELECT queries FROM contract_shape
