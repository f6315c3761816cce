package cloudtrail

import (
	"context"

	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/cloudtrail"
)

func (s service) updateTrail() operation.Operation {
	return define(wire.UpdateTrail, operation.Write,
		func(call *operation.Call, in *wire.UpdateTrailRequest) []string { return named(call, in.Name) },
		func(ctx context.Context, call *operation.Call, in *wire.UpdateTrailRequest) (*wire.UpdateTrailResponse, error) {
			if err := unsupported(in.IsOrganizationTrail); err != nil {
				return nil, err
			}
			t, err := s.Trails.Update(ctx, scopeOf(call), text(in.Name), func(settings *trail.Settings) {
				if in.S3BucketName != nil {
					settings.Bucket = *in.S3BucketName
				}
				apply(settings, changes{
					in.S3KeyPrefix, in.SnsTopicName, in.CloudWatchLogsLogGroupArn, in.CloudWatchLogsRoleArn, in.KmsKeyId,
					in.IncludeGlobalServiceEvents, in.IsMultiRegionTrail, in.EnableLogFileValidation,
				})
			})
			if err != nil {
				return nil, err
			}
			return new(answer(t)), nil
		})
}
