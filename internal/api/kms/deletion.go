package kms

import (
	"context"
	"strconv"

	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) deletionOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.ScheduleKeyDeletion, operation.Write, func(call *operation.Call, in *wire.ScheduleKeyDeletionRequest) []operation.Requirement {
			c := conditions{}
			if in.PendingWindowInDays != nil {
				c.set("kms:ScheduleKeyDeletionPendingWindowInDays", strconv.Itoa(number(in.PendingWindowInDays)))
			}
			return []operation.Requirement{s.onKey(call, "ScheduleKeyDeletion", in.KeyId, c)}
		}, func(ctx context.Context, call *operation.Call, in *wire.ScheduleKeyDeletionRequest) (*wire.ScheduleKeyDeletionResponse, error) {
			d, err := s.keys.ScheduleDeletion(ctx, scopeOf(call), text(in.KeyId), number(in.PendingWindowInDays))
			if err != nil {
				return nil, err
			}
			return &wire.ScheduleKeyDeletionResponse{
				KeyId: new(d.ARN()), DeletionDate: &d.DeletionAt, KeyState: new(wire.KeyState(d.State)), PendingWindowInDays: new(int32(d.Window)),
			}, nil
		}),
		serve(wire.CancelKeyDeletion, operation.Write, just(s, "CancelKeyDeletion", func(in *wire.CancelKeyDeletionRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.CancelKeyDeletionRequest) (*wire.CancelKeyDeletionResponse, error) {
				key, err := s.keys.CancelDeletion(ctx, scopeOf(call), text(in.KeyId))
				return &wire.CancelKeyDeletionResponse{KeyId: &key}, err
			}),
	}
}
