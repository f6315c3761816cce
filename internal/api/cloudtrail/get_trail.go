package cloudtrail

import (
	"context"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/cloudtrail"
)

func (s service) getTrail() operation.Operation {
	return define(wire.GetTrail, operation.Read,
		func(call *operation.Call, in *wire.GetTrailRequest) []string { return named(call, in.Name) },
		func(ctx context.Context, call *operation.Call, in *wire.GetTrailRequest) (*wire.GetTrailResponse, error) {
			t, err := s.Trails.Get(ctx, scopeOf(call), text(in.Name))
			if err != nil {
				return nil, err
			}
			return &wire.GetTrailResponse{Trail: new(described(t))}, nil
		})
}

func described(t trail.Trail) wire.Trail {
	return wire.Trail{
		Name: &t.Name, S3BucketName: &t.Bucket, S3KeyPrefix: optional(t.Prefix), SnsTopicName: optional(t.Topic), SnsTopicARN: optional(topicARN(t)),
		IncludeGlobalServiceEvents: &t.GlobalEvents, IsMultiRegionTrail: &t.MultiRegion, HomeRegion: &t.Region, TrailARN: new(t.ARN()),
		LogFileValidationEnabled: &t.Validation, CloudWatchLogsLogGroupArn: optional(t.LogGroup), CloudWatchLogsRoleArn: optional(t.LogRole),
		KmsKeyId: optional(t.Key), HasCustomEventSelectors: new(custom(t)), HasInsightSelectors: new(false), IsOrganizationTrail: new(false),
	}
}

// custom reports whether a trail selects other than a new one does.
func custom(t trail.Trail) bool {
	return len(t.Advanced) > 0 || len(t.Basic) != 1 || t.Basic[0].Effects != trail.All || !t.Basic[0].Management || len(t.Basic[0].Data)+len(t.Basic[0].ExcludedSources) > 0
}

func topicARN(t trail.Trail) string {
	if t.Topic == "" || strings.HasPrefix(t.Topic, "arn:") {
		return t.Topic
	}
	return arn.ARN{Partition: t.Partition, Service: "sns", Region: t.Region, Account: t.Account, Resource: t.Topic}.String()
}

func (s service) describeTrails() operation.Operation {
	return define(wire.DescribeTrails, operation.Read, everything[*wire.DescribeTrailsRequest],
		func(ctx context.Context, call *operation.Call, in *wire.DescribeTrailsRequest) (*wire.DescribeTrailsResponse, error) {
			shadows := in.IncludeShadowTrails == nil || *in.IncludeShadowTrails
			trails, err := s.Trails.List(ctx, call.Account, call.Region)
			if err != nil {
				return nil, err
			}
			out := &wire.DescribeTrailsResponse{TrailList: []wire.Trail{}}
			for _, t := range trails {
				if (shadows || t.Region == call.Region) && wanted(t, in.TrailNameList) {
					out.TrailList = append(out.TrailList, described(t))
				}
			}
			return out, nil
		})
}

// wanted: a name or ARN that is not there is left out and no error.
func wanted(t trail.Trail, names []string) bool {
	for _, name := range names {
		if name == t.Name || name == t.ARN() {
			return true
		}
	}
	return len(names) == 0
}

func (s service) listTrails() operation.Operation {
	return define(wire.ListTrails, operation.Read, everything[*wire.ListTrailsRequest],
		func(ctx context.Context, call *operation.Call, _ *wire.ListTrailsRequest) (*wire.ListTrailsResponse, error) {
			trails, err := s.Trails.List(ctx, call.Account, "")
			if err != nil {
				return nil, err
			}
			// All trails of an account fit one page, so no token was ever handed out; one that is given leads nowhere.
			out := &wire.ListTrailsResponse{Trails: []wire.TrailInfo{}}
			for _, t := range trails {
				out.Trails = append(out.Trails, wire.TrailInfo{TrailARN: new(t.ARN()), Name: &t.Name, HomeRegion: &t.Region})
			}
			return out, nil
		})
}

func (s service) getTrailStatus() operation.Operation {
	return define(wire.GetTrailStatus, operation.Read,
		func(call *operation.Call, in *wire.GetTrailStatusRequest) []string { return named(call, in.Name) },
		func(ctx context.Context, call *operation.Call, in *wire.GetTrailStatusRequest) (*wire.GetTrailStatusResponse, error) {
			t, err := s.Trails.Get(ctx, scopeOf(call), text(in.Name))
			if err != nil {
				return nil, err
			}
			out := &wire.GetTrailStatusResponse{IsLogging: &t.Logging}
			out.StartLoggingTime, out.TimeLoggingStarted = moment(t.StartedAt)
			out.StopLoggingTime, out.TimeLoggingStopped = moment(t.StoppedAt)
			if t.Logging {
				out.LatestDeliveryError = new("NoSuchBucket") // as at AWS when the bucket is not there: none is served yet
			}
			return out, nil
		})
}

// moment gives a time in both forms of GetTrailStatus, nothing where there is none.
func moment(t time.Time) (*time.Time, *string) {
	if t.IsZero() {
		return nil, new("")
	}
	return &t, new(t.UTC().Format(time.RFC3339))
}
