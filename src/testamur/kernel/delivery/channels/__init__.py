"""The ways out of the house, all of one shape: `contract.Channel`, made by the factories in the table of channels."""
