package kms

import (
	"context"

	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) macOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.GenerateMac, operation.Read, func(call *operation.Call, in *wire.GenerateMacRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "GenerateMac", in.KeyId, conditions{"kms:MacAlgorithm": {text(in.MacAlgorithm)}})}
		}, func(ctx context.Context, call *operation.Call, in *wire.GenerateMacRequest) (*wire.GenerateMacResponse, error) {
			key, mac, err := s.keys.GenerateMAC(ctx, scopeOf(call), kms.MACInput{
				Use: use(in.KeyId, nil, in.GrantTokens, in.DryRun), Algorithm: domain[material.Algorithm](in.MacAlgorithm), Message: in.Message,
			})
			if err != nil {
				return nil, err
			}
			return &wire.GenerateMacResponse{Mac: mac, MacAlgorithm: in.MacAlgorithm, KeyId: &key}, nil
		}),
		serve(wire.VerifyMac, operation.Read, func(call *operation.Call, in *wire.VerifyMacRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "VerifyMac", in.KeyId, conditions{"kms:MacAlgorithm": {text(in.MacAlgorithm)}})}
		}, func(ctx context.Context, call *operation.Call, in *wire.VerifyMacRequest) (*wire.VerifyMacResponse, error) {
			key, err := s.keys.VerifyMAC(ctx, scopeOf(call), kms.MACInput{
				Use: use(in.KeyId, nil, in.GrantTokens, in.DryRun), Algorithm: domain[material.Algorithm](in.MacAlgorithm), Message: in.Message, MAC: in.Mac,
			})
			if err != nil {
				return nil, err
			}
			return &wire.VerifyMacResponse{KeyId: &key, MacValid: new(true), MacAlgorithm: in.MacAlgorithm}, nil
		}),
	}
}
