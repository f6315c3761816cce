package bedrock

import (
	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/guardrail"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// ParseProposal reads the configuration of a guardrail from the JSON body of a CreateGuardrail request, with the checks that the
// operation makes of it.
func ParseProposal(body []byte) (guardrail.Proposal, error) {
	var in wire.CreateGuardrailRequest
	if err := jsontext.NewDecoder(body, jsontext.Options{Time: codec.Epoch}).Decode(&in); err != nil {
		return guardrail.Proposal{}, err
	}
	if err := codec.Check(&in); err != nil {
		return guardrail.Proposal{}, err
	}
	return proposalOf(&in)
}
