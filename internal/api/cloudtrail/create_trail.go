package cloudtrail

import (
	"context"

	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/cloudtrail"
)

func (s service) createTrail() operation.Operation {
	return define(wire.CreateTrail, operation.Write,
		func(call *operation.Call, in *wire.CreateTrailRequest) []string { return named(call, in.Name) },
		func(ctx context.Context, call *operation.Call, in *wire.CreateTrailRequest) (*wire.CreateTrailResponse, error) {
			if err := unsupported(in.IsOrganizationTrail); err != nil {
				return nil, err
			}
			// AWS includes global events unless it is told not to.
			settings := trail.Settings{Bucket: text(in.S3BucketName), GlobalEvents: true}
			apply(&settings, changes{
				in.S3KeyPrefix, in.SnsTopicName, in.CloudWatchLogsLogGroupArn, in.CloudWatchLogsRoleArn, in.KmsKeyId,
				in.IncludeGlobalServiceEvents, in.IsMultiRegionTrail, in.EnableLogFileValidation,
			})
			t, err := s.Trails.Create(ctx, scopeOf(call), text(in.Name), settings, tagsOf(in.TagsList))
			if err != nil {
				return nil, err
			}
			return new(wire.CreateTrailResponse(answer(t))), nil
		})
}

// changes are the members of a trail that a request may leave out.
type changes struct {
	prefix, topic, group, role, key *string
	global, multi, validation       *bool
}

func apply(settings *trail.Settings, c changes) {
	for _, one := range []struct {
		to   *string
		from *string
	}{{&settings.Prefix, c.prefix}, {&settings.Topic, c.topic}, {&settings.LogGroup, c.group}, {&settings.LogRole, c.role}, {&settings.Key, c.key}} {
		if one.from != nil {
			*one.to = *one.from
		}
	}
	for _, one := range []struct {
		to   *bool
		from *bool
	}{{&settings.GlobalEvents, c.global}, {&settings.MultiRegion, c.multi}, {&settings.Validation, c.validation}} {
		if one.from != nil {
			*one.to = *one.from
		}
	}
}

func unsupported(organization *bool) error {
	if organization != nil && *organization {
		return invalid("UnsupportedOperationException", "Organization trails are not supported.")
	}
	return nil
}

// answer is what CreateTrail and UpdateTrail answer.
func answer(t trail.Trail) wire.UpdateTrailResponse {
	return wire.UpdateTrailResponse{
		Name: &t.Name, S3BucketName: &t.Bucket, S3KeyPrefix: optional(t.Prefix), SnsTopicName: optional(t.Topic), SnsTopicARN: optional(topicARN(t)),
		IncludeGlobalServiceEvents: &t.GlobalEvents, IsMultiRegionTrail: &t.MultiRegion, TrailARN: new(t.ARN()), LogFileValidationEnabled: &t.Validation,
		CloudWatchLogsLogGroupArn: optional(t.LogGroup), CloudWatchLogsRoleArn: optional(t.LogRole), KmsKeyId: optional(t.Key), IsOrganizationTrail: new(false),
	}
}
