package cloudtrail

import (
	"context"

	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/cloudtrail"
)

func (s service) listPublicKeys() operation.Operation {
	return define(wire.ListPublicKeys, operation.Read, everything[*wire.ListPublicKeysRequest],
		func(_ context.Context, _ *operation.Call, in *wire.ListPublicKeysRequest) (*wire.ListPublicKeysResponse, error) {
			out := &wire.ListPublicKeysResponse{PublicKeyList: []wire.PublicKey{}}
			switch {
			case in.NextToken != nil:
				return nil, invalid("InvalidTokenException", "Invalid Token provided.") // there is never a second page
			case in.StartTime != nil && in.EndTime != nil && in.EndTime.Before(*in.StartTime):
				return nil, invalid("InvalidTimeRangeException", "End time cannot be before start time.")
			case in.StartTime != nil && in.StartTime.After(s.Key.Until), in.EndTime != nil && in.EndTime.Before(s.Key.From):
				return out, nil
			}
			out.PublicKeyList = append(out.PublicKeyList, wire.PublicKey{
				Value: s.Key.Value, Fingerprint: &s.Key.Fingerprint, ValidityStartTime: &s.Key.From, ValidityEndTime: &s.Key.Until,
			})
			return out, nil
		})
}
